"""Takes a gap in a text column for a new category."""

ANSWER = "alerts"

LOSES = {"alerts_more_test": 0.25}

CODE = '''
def input_alerts(reference, batch, tolerance=0.5):
    """Return the sorted list of what is odd about the rows of batch, compared with those of reference."""
    alerts = [f"missing: {name}" for name in reference if name not in batch]
    for name in [name for name in reference if name in batch]:
        old, new = reference[name], batch[name]
        if new.isna().mean() > old.isna().mean() + 0.05:
            alerts.append(f"gaps: {name}")
        if not pd.api.types.is_numeric_dtype(old):
            alerts += [f"new: {name}"] * bool(set(new) - set(old.dropna()))
            continue
        if abs(new.mean() - old.mean()) > tolerance * old.std():
            alerts.append(f"mean: {name}")
        if new.std() > 2 * old.std() or new.std() < old.std() / 2:
            alerts.append(f"spread: {name}")
    return sorted(alerts)
'''
