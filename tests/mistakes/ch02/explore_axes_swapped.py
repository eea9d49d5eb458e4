"""Puts the price on the horizontal axis."""

ANSWER = "explore"

LOSES = {"explore_more_test": 0.5}

CODE = '''
def with_ratios(frame):
    """Return a copy of a table of districts with the three ratios as last columns."""
    return frame.assign(
        rooms_per_household=frame["total_rooms"] / frame["households"],
        bedrooms_per_room=frame["total_bedrooms"] / frame["total_rooms"],
        people_per_household=frame["population"] / frame["households"],
    )


def correlations(frame):
    """Return a Series: the correlation of each other numeric column with the target, largest first."""
    return frame.corr(numeric_only=True)[TARGET].drop(TARGET).sort_values(ascending=False)


def plot_income(frame, groups=10):
    """Return an Axes: the districts as points, and a line through the medians of groups of income."""
    figure, ax = plt.subplots()
    ax.scatter(frame[TARGET], frame["median_income"], s=4, alpha=0.3)
    rows = frame[["median_income", TARGET]].groupby(pd.qcut(frame["median_income"], groups), observed=True)
    trend = rows.median()
    ax.plot(trend[TARGET], trend["median_income"], "r-o", label="median of a group")
    ax.set(xlabel="median income (10,000 dollars)", ylabel="median house value (dollars)")
    ax.legend()
    plt.close(figure)
    return ax
'''
