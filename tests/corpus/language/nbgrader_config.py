c = get_config()
c.CourseDirectory.course_id = "language"
c.ClearSolutions.code_stub = {"tally": "nothing written yet"}
