"""How the concepts of the tables stand to each other: what is said with what, and what is said against it."""

from __future__ import annotations

import itertools
from collections import defaultdict


def _pairs(written: str) -> dict[str, tuple[str, ...]]:
    rows = (line.partition(":") for line in written.splitlines() if ":" in line)
    return {name.strip(): tuple(others.split()) for name, _, others in rows}


BROADER = _pairs("""
    police: security_forces officials
    guardsmen: security_forces soldiers
    soldiers: security_forces
    peacekeepers: soldiers
    police_department: police
    president: leader
    prime_minister: leader minister
    mayor: officials leader
    governor: officials leader
    government: officials
    minister: officials leader
    interior_ministry: minister leader officials
    health_ministry: minister leader officials
    defence_ministry: minister leader officials
    foreign_ministry: minister leader officials
    justice_ministry: minister leader officials
    finance_ministry: minister leader officials
    energy_ministry: minister leader officials
    emergency_ministry: minister leader officials
    education_ministry: minister leader officials
    transport_ministry: minister leader officials
    labour_ministry: minister leader officials
    supreme_court: court
    senate: parliament
    deputies: parliament
    parliament: deputies
    gather: protest
    march: protest gather
    protesters: protest
    strike: protest
    commandant: leader
    ambulance: car
    security_service: security_forces
    lift: end suspend
    suspend: lift end
    end: lift
    open_case: open begin
    hospitalise: hospital injure
    flight: airport
    prison: detain
    resign: withdraw_troops
    release: withdraw_troops
    gangs: rioters
    village: city
    police_station: police building
    refuse: deny
""")
"""What else a text that speaks of the first may be said to speak of."""

ALSO = _pairs("""
    guardsmen: army
    soldiers: army
    parliament: parliament_building
    residence: building
    lift: end_strike cancel
    cancel: lift end_strike
    petrol_station: station
    station: petrol_station
    prisoners: detain detainees
    detainees: detain
    evacuees: evacuate
    survivors: survive
    nurse: doctors
    girls: children women
    boys: children
    wife: families
    husband: families
    brother: families
    sister: families
    mother: families women
    father: families
    colonel: officers soldiers
    general: officers soldiers
    officers: soldiers police
    army: soldiers security_forces
    gunmen: rioters
    masked: rioters
    election_commission: commission officials
    highway: road
    street: road
    police_van: car
    armoured: car
    truck: car
    taxi: car
    ferry: ship
    refinery: factory
    residents: people
    bullets: shoot
    pellets: shoot bullets
    rubber_bullets: bullets
    gunshot_wounds: shoot injure
    stun_grenade: grenade
    sack: resign dismiss
    dismiss: sack resign
    sentence: die_heavy
    die_heavy: sentence
    capital: city
    district: region
    province: region
    state_media: media tv
    tv: media
    newspaper: media
    radio: media
    high_court: court
    constitutional_court: court
    judges: court
    court: judges
    secretary: officials
    suspects: detainees
    end_strike: strike end lift
    rights_group: commission
    commission: rights_group committee
    farmers: residents
    seize: enter take
    take_power: seize
    enter: seize
    unrest: protest
    hunger_strike: strike
    federation: miners_union association
    miners_union: federation association workers
    teachers: workers
    prime_minister: government
    spokesman: diplomats
    parliament_building: parliament
    workers: miners_union
""")
"""The same for the concepts of `verify_words.tsv`, and what only the verifier takes for said."""

APART = frozenset([("release", "withdraw_troops"), ("resign", "withdraw_troops")])
"""Pairs of BROADER that a search may take for one and the verifier may not: who is freed has not left the country."""

PEOPLE_KINDS = ("role", "body")
REQUIRED = ("unit", "role", "body", "act", "thing")
"""Kinds that a statement may speak of only where its quotes do."""
GENERAL = frozenset(
    "vice people residents city region office country number name half speak news_agency report centre "
    "colleagues crowd traffic service condition power men".split()
)
"""Concepts too general to make or break a claim."""
OPTIONAL = frozenset(
    "meet gather march demand promise pay march_work vote last cut admit refuse arrive enter "
    "take find hold give tell count call".split()
)
"""What news words in so many ways that the quote may have it in words we do not know."""

_AGAINST = (
    "begin: end lift suspend",
    "impose extend: lift end cancel",
    "call: end_strike end cancel",
    "support: absent",
    "impose call sign: cancel lift refuse reject",
    "extend: end suspend shorten",
    "detain sentence charge abduct house_arrest: release acquit pardon",
    "rise raise: fall lower",
    "unchanged: change",
    "open restore resume work: close cut suspend block",
    "open: lift",
    "confirm agree accept approve support promise admit: refuse reject oppose deny retract",
    "confirm admit: deny",
    "win: lose",
    "attend: absent",
    "enter arrive return seize: leave",
    "arrive: withdraw_troops evacuate",
    "return: evacuate",
    "deploy send give: withdraw_troops take",
    "allow: ban",
    "ban: lift",
    "appoint stay_on: resign dismiss sack",
    "safe: danger",
    "survive recover help: kill",
    "lose_thing vanish: abound",
    "vanish: restore return",
    "include: exclude",
    "archive: open unchanged",
    "valid: annul",
    "approve confirm support: censure",
    "true: deny false",
    "approve confirm: annul cancel lift",
    "praise celebrate support: criticise boo",
    "advise: advise_against",
    "strike last: end end_strike",
    "lift: last",
    "strike: work",
    "work: end",
    "begin resume: stop cancel end_strike end suspend",
    "buy: sell",
    "build: destroy collapse",
    "postpone: bring_forward",
    "seize surrender: escape",
    "under_half: over_half",
    "demand: praise reject refuse",
    "unchanged: close cancel end suspend",
    "recover restore: lose",
)


def _both_ways(written: tuple[str, ...]) -> dict[str, frozenset[str]]:
    found: defaultdict[str, set[str]] = defaultdict(set)
    for line in written:
        for one, other in itertools.product(*(side.split() for side in line.split(":"))):
            found[one].add(other)
            found[other].add(one)
    return {name: frozenset(against) for name, against in found.items()}


OPPOSITES = _both_ways(_AGAINST)
"""What a text that speaks of the second does not say when it says the first."""
