"""Reports of users, measured: who repeats, who copies, who acts together, how often a reporter was right. No verdict."""

from evenhand.signals.reports.hands import STEPS as HANDS
from evenhand.signals.reports.linked import steps as linked_reporters
from evenhand.signals.reports.queue import STEPS as QUEUE
from evenhand.signals.reports.reliability import STEPS as RELIABILITY
from evenhand.signals.reports.rows import steps as rows

STEPS = (*rows(), *linked_reporters(), *RELIABILITY, *HANDS, *QUEUE)
"""All steps, over the one table `intake`."""
