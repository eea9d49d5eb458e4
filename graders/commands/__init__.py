"""The commands of the command line, by reader: each parses, calls one function of the program, and prints."""
