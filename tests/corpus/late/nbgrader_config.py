import os
import sys

sys.path.insert(0, os.getcwd())
c = get_config()
c.CourseDirectory.course_id = "late"
c.AssignLatePenalties.plugin_class = "late_plugin.HalfPoint"
c.IgnorePattern.enabled = True
c.IgnorePattern.pattern = "harmless"
