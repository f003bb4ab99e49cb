"""Every measure, in the order in which they are taken: those that change the large clinic stand last."""

from bench import busy, due, inbound, month, planning, reading, recoveries, sending, size, starting, worklist
from bench.measure import Measure

MEASURES: tuple[Measure, ...] = (
    reading.MEASURE,
    due.MEASURE,
    planning.MEASURE,
    month.MEASURE,
    size.MEASURE,
    *inbound.MEASURES,
    busy.MEASURE,
    worklist.MEASURE,
    recoveries.MEASURE,
    starting.MEASURE,
    sending.MEASURE,
)
