"""Every measure, in the order in which they are taken: those that change the large clinic stand last."""

from bench import due, inbound, month, planning, reading, recoveries, size, starting, worklist
from bench.measure import Measure

MEASURES: tuple[Measure, ...] = (
    reading.MEASURE,
    due.MEASURE,
    planning.MEASURE,
    month.MEASURE,
    size.MEASURE,
    *inbound.MEASURES,
    worklist.MEASURE,
    recoveries.MEASURE,
    starting.MEASURE,
)
