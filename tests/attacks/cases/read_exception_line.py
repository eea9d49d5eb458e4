"""Tells hidden digits by the line an exception claims to come from, which feedback quotes."""

CODE = "\n".join(
    [
        "import inspect",
        "calls = [0]",
        "here = inspect.currentframe().f_code.co_filename",
        "def centre(values):",
        "    data = values.ravel()",
        "    digits = ''.join(c for c in str(data[0]) if c.isdigit()) if abs(data[0]) > 1000 else '0'",
        "    calls[0] += 1",
        "    digit = int((digits * 9)[calls[0]])",
        "    exec(compile('\\n' * (19 + digit) + 'raise ValueError', here, 'exec'))",
        *["#"] * 10,
        *[f"# digit {n}" for n in range(10)],
    ]
)


def observe(graded):
    told = [record.detail for record in graded.records.values() if record.hidden and "digit" in record.detail]
    assert told == [], "a hidden check quotes a line that the student's process chose after seeing hidden data"
