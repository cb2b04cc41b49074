"""What is taught, and what was seen. One module for each concept."""

from programming.models.absences import Absence
from programming.models.assessments import Assessment, AssessmentFault, Clearance, Hold, Note
from programming.models.assignments import AssignedDrill, AssignmentEnd
from programming.models.attendance import Attendance
from programming.models.calendar_links import CalendarLink
from programming.models.class_templates import Block, BlockDrill, ClassTemplate, TemplateRevision
from programming.models.classes import ClassLadder, ClassSession
from programming.models.closing import Closure
from programming.models.drills import Drill, DrillRevision, Fault, FaultRevision, Source
from programming.models.equipment import Equipment
from programming.models.exercise_imports import ExerciseImport, ExerciseRow
from programming.models.hurting import PainReport
from programming.models.ladder_changes import LadderChange
from programming.models.ladder_drafts import LadderDraft
from programming.models.pictures import DrillPicture
from programming.models.practice import Homework, Practice, SelfCheck
from programming.models.progressions import Placement, Progression, Stage, StageMove, StageRevision
from programming.models.screens import Screen
from programming.models.slots import WeeklySlot
from programming.models.taps import Tap, Undo
from programming.models.template_files import TemplateFile, TemplateFileRow

__all__ = [
    "Absence",
    "Assessment",
    "AssessmentFault",
    "AssignedDrill",
    "AssignmentEnd",
    "Attendance",
    "Block",
    "BlockDrill",
    "CalendarLink",
    "ClassLadder",
    "ClassSession",
    "ClassTemplate",
    "Clearance",
    "Closure",
    "Drill",
    "DrillPicture",
    "DrillRevision",
    "Equipment",
    "ExerciseImport",
    "ExerciseRow",
    "Fault",
    "FaultRevision",
    "Hold",
    "Homework",
    "LadderChange",
    "LadderDraft",
    "Note",
    "PainReport",
    "Placement",
    "Practice",
    "Progression",
    "Screen",
    "SelfCheck",
    "Source",
    "Stage",
    "StageMove",
    "StageRevision",
    "Tap",
    "TemplateFile",
    "TemplateFileRow",
    "TemplateRevision",
    "Undo",
    "WeeklySlot",
]
