"""Writes data/calendars.csv: the weekdays on which markets are closed.

    pip install exchange_calendars==4.13.2 pandas_market_calendars==5.5.0 holidays==0.109
    python3 tests/reference/calendars.py > data/calendars.csv

XNYS and XLON from exchange_calendars, SIFMA_US from pandas_market_calendars, TARGET from holidays (its financial
calendar of the ECB). SIFMA_US begins after 2012: the unscheduled closings of 2001, 2004 and 2012 are not in its
source. A line `CALENDAR,FROM,TO` says what is covered, each line `CALENDAR,DATE,` below it is a
Monday to Friday inside on which the market is closed.
"""

import datetime
import warnings

import exchange_calendars
import holidays
import pandas_market_calendars

warnings.filterwarnings("ignore")


def weekdays(first, last):
    days = (first + datetime.timedelta(i) for i in range((last - first).days + 1))
    return [day for day in days if day.weekday() < 5]


def closed(first, last, open_days):
    return [day for day in weekdays(first, last) if day not in open_days]


def exchange(name, first, last):
    calendar = exchange_calendars.get_calendar(name, start=first.isoformat(), end=last.isoformat())
    return closed(first, last, {day.date() for day in calendar.sessions})


def sifma(first, last):
    days = pandas_market_calendars.get_calendar("SIFMA_US").valid_days(first.isoformat(), last.isoformat())
    return closed(first, last, {day.date() for day in days})


def target(first, last):
    days = holidays.financial_holidays("ECB", years=range(first.year, last.year + 1))
    return [day for day in weekdays(first, last) if day in days]


LAST = datetime.date(2027, 10, 31)
CALENDARS = [
    ("XNYS", datetime.date(1970, 1, 1), lambda a, b: exchange("XNYS", a, b)),
    ("SIFMA_US", datetime.date(2013, 1, 1), sifma),
    ("XLON", datetime.date(1990, 1, 1), lambda a, b: exchange("XLON", a, b)),
    ("TARGET", datetime.date(1999, 1, 1), target),
]

print("calendar,date,to")
for name, first, days in CALENDARS:
    print(f"{name},{first},{LAST}")
    for day in days(first, LAST):
        print(f"{name},{day},")
