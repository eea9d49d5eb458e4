c = get_config()
c.CourseDirectory.course_id = "files"
c.CourseDirectory.ignore = [".ipynb_checkpoints", "*.pyc", "__pycache__", "*.log"]
c.Autograde.exclude_overwriting = {"ps1": ["helper.py"]}
