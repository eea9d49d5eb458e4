c = get_config()
c.CourseDirectory.course_id = "several"
c.IncludeHeaderFooter.header = "source/header.ipynb"
c.IncludeHeaderFooter.footer = "source/footer.ipynb"
c.CourseDirectory.groupshared = True
