"""What people save: kept by SQLAlchemy, in a file of SQLite unless an address names another database."""

from journey.store.database import address, connect
from journey.store.initiatives import Initiative, Initiatives
from journey.store.interviews import Interview, Interviews, Reason, Reasons
from journey.store.meetings import Meeting, Meetings
from journey.store.plans import Plan, Plans
from journey.store.scenarios import Scenarios
from journey.store.segments import Segments
from journey.store.tasks import Task, Tasks

__all__ = [
    "Initiative",
    "Initiatives",
    "Interview",
    "Interviews",
    "Meeting",
    "Meetings",
    "Plan",
    "Plans",
    "Reason",
    "Reasons",
    "Scenarios",
    "Segments",
    "Task",
    "Tasks",
    "address",
    "connect",
]
