"""Sources and outputs full of NULs, control characters, direction marks and very long lines."""

CODE = "print('\\x00\\x07\\x1b[2J\\u202e\\u2066\\u0000\\x9b31m' * 10)\n# \u202e \x0c \x1b]0;x\x07\n" + "x = '" + "y" * 100_000 + "'\n"
