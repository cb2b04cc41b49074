"""Words for taps that wait on a tablet which may name nobody: what was tapped, and of nobody in particular."""

from django.utils.translation import gettext_lazy as _

# By the last word of a tap's address, and for what was seen by its value.
WORDS = {
    "saw clean": _("clean"),
    "saw not_yet": _("not yet"),
    "saw seen": _("seen, same"),
    "stage": _("stage"),
    "setting": _("setting"),
    "drill": _("drill"),
    "fault": _("fault"),
    "pain": _("pain"),
    "clear": _("hold cleared"),
    "assign": _("drill assigned"),
    "note": _("note"),
    "attendance": _("attendance"),
    "with-coach": _("with coach"),
    "not-today": _("not today"),
    "undo": _("undo"),
    "move": _("moved to another person"),
    "rest": _("rest clean"),
    "several": _("several people"),
    "regulars": _("regulars"),
    "add": _("somebody added"),
    "": _("a step of the plan"),
}
