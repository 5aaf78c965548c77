"""Any file of employees, for tests that must hold for all of them."""

from datetime import date

from hypothesis import strategies as st

HEADER = "number,name,department,handle,hired_on,left_on,entity,groups"
DAYS = [date(2026, month, day) for month in (1, 4, 7, 10, 12) for day in (1, 20)]
EFFECTIVE = [date(2025, 1, 1), date(2026, 7, 10), date(2026, 11, 22), date(2027, 1, 1)]


@st.composite
def employments(draw: st.DrawFn) -> list[tuple[date, str]]:
    """One or two employments that do not overlap, the last one perhaps open."""
    count = draw(st.sampled_from([1, 1, 2]))
    days = sorted(draw(st.lists(st.sampled_from(DAYS), min_size=2 * count, max_size=2 * count, unique=True)))
    ends = [str(day) for day in days[1::2]]
    if draw(st.booleans()):
        ends[-1] = ""
    return list(zip(days[::2], ends, strict=True))


@st.composite
def files(draw: st.DrawFn, numbers: tuple[str, ...] = ("E1", "E2", "e@x")) -> list[str]:
    """Lines that contradict each other at most about the account "desk", which everybody may claim."""
    lines = []
    for number in draw(st.sets(st.sampled_from(numbers), min_size=1)):
        name = draw(st.sampled_from(["", "Li Na", "Bo"]))
        for hired_on, left_on in draw(employments()):
            department = draw(st.sampled_from(["", "Sales", "Sales / East", "Lab"]))
            entity = draw(st.sampled_from(["", "One", "Two"]))
            groups = draw(st.sampled_from(["", "pilots", "pilots;sales force"]))
            handles = draw(st.sets(st.sampled_from(["", f"{number}-a", f"{number}-b", "desk"]), min_size=1))
            lines += [
                f"{number},{name},{department},{handle},{hired_on},{left_on},{entity},{groups}"
                for handle in sorted(handles)
            ]
    return lines
