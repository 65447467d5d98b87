"""Turnouts, shares of the vote and counts that a report states, picked up as totals that somebody announced.

A number is picked up where its own words say what it is a number of: "turnout of 87.5 %", "99.2 % voted in
favour", "1.2m of 1.5m voters". A percentage of anything else (stations, seats, territory, an economy), a
change, a lead, a threshold is none. What is a turnout or a share, but not this vote's result, is kept apart by
what it rests on: a poll, a forecast, a count that was not complete, observers' own count, another vote.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Literal

from plebiscope.conduct.attribute import Voices
from plebiscope.conduct.clean import Cleaned
from plebiscope.conduct.named import option_after, option_before, place_of
from plebiscope.conduct.names import CAPITAL
from plebiscope.conduct.numerals import Numeral, counts, percentages
from plebiscope.conduct.segment import Passage
from plebiscope.conduct.standing import standing
from plebiscope.conduct.wire import told_by
from plebiscope.model.report import Basis, Report, StatedFigure

Kind = Literal["turnout", "share", "count"]
Counted = Literal["registered", "cast", "valid", "invalid", "votes"]

_HEDGE = (
    r"(?:(?:about|around|roughly|some|approximately|almost|nearly|near|close to|perhaps|just|only|a|an|the|more than|less than|"
    r"over|under|at least|mere|record|overwhelming|implausible|ridiculous|estimated|low|high|little|slightly|whopping|staggering|final|"
    r"official|combined|total|full|an estimated) ){0,3}"
)
_VOTING = re.compile(
    r"\b(?:vot(?:es?|ed|ers?|ing)|ballots?|polling|turned out|preferences|elect(?:ions?|ed|orate|oral)|re-elected|referend(?:um|a|ums)|plebiscite|polls?|turn-?out|"
    r"run-?off|candidates?|(?:came|finished|placed) (?:second|third|first))\b"
)
_TURNOUT_BEFORE = re.compile(
    r"\b(?:turn-?out|participation|participated)\b(?:(?!\bturn-?out\b)[^;:%]|:){0,70}$"
)
_TURNOUT_AFTER = re.compile(
    r"^[ -](?:\w+ ){0,2}?(?:turn-?out|participation)\b|^,? (?:it )?(?:was |is )?the \w+ (?:share|proportion) of the electorate"
)
_TURNED_OUT = r"(?:had |have |has )?(?:already )?(?:voted|turned out|took part|taken part|participated|cast (?:their |a |an )?(?:ballots?|votes?)|gone to the polls|went to the polls|came to vote|come to vote|go(?:ing)? to the polls|turn(?:ing)? out|taking part|take part)\b"
_ELECTORATE = re.compile(
    r"^(?: or (?:so|more))? of (?:the |all |its |our |their |his |those |eligible |registered |entitled |[\w.,]+ (?:million|m) )*(?:\w+ ){0,2}?"
    r"(?:voters|electors|electorate|adults|people|citizens|population|residents|inhabitants|those (?:eligible|registered|entitled)(?: to vote)?|"
    rf"eligible|names? on (?:the )?(?:lists?|rolls?|registers?))\b(?P<rest>[^,;%]{{0,80}})"
)
_PEOPLE_VOTED = re.compile(
    rf"^(?: or more)?(?: of them)? {_TURNED_OUT}(?! (?:for|in favou?r|against|to|yes|no|\"|'))"
)
_VOTES = re.compile(
    r"^(?: or (?:so|more))? of (?:the |all |its |valid |popular |total |first |national |official |cast |overall |final |their |his |her |list |\w+'s ){0,4}"
    r"(?:votes?|ballots?(?! box)|poll|votes? cast|preferences|first-preference votes|valid votes|papers|vote share|those (?:who voted|voting)|those cast|count|total)\b"
    r"(?! (?:that|which|whose|were|are|was|had been|have been|being|sent|posted|mailed|by (?:mail|post)|abroad|came|come|handed|added|on))"
)
_OPTION_VERB = (
    r"(?:had |have |has |were |was |who |would have )?(?:voted|voting|backed|supported|approved|endorsed|opted|chose|chosen|picked|favou?red|said|"
    r"cast (?:their |a )?(?:ballots?|votes?)|came out|turned out|rejected|opposed|in favou?r|against|for|\"yes|'yes|yes|\"no\b|'no\b|no\b)"
)
_CHOOSERS = (
    r"(?: of (?:(?:the |those |all |its |their )*(?:\w+ )?(?:voters|electors|electorate|people|citizens|participants|population|residents|inhabitants|"
    r"votes?|ballots?|turnout|them|those(?: voting| who voted| taking part)?)|place)(?: \w+){0,3}?)?"
)
_CHOSE = re.compile(rf"^{_CHOOSERS} {_OPTION_VERB}\b(?P<what>[^;%]{{0,60}})|^ to (?:\"|')?(?:yes|no)\b")
_CHOICE_SAID = re.compile(
    r"\b(?:for|in favou?r|against|yes|no|to \w+|joining|backed|supported|approved|endorsed|chose|chosen|rejected)\b"
)
_WON = re.compile(
    r"\b(?:(?:won|wins?|winning|receiv(?:ed|ing|es)|g[eo]ts?|getting|took|takes?|taking|secur(?:ed|ing)|poll(?:ed|ing)|garner(?:ed|ing)|"
    rf"scor(?:ed|ing)|obtain(?:ed|ing)|attract(?:ed|ing)|captur(?:ed|ing)) {_HEDGE}"
    r"|(?:won|wins?|winning|re-?elected|elected|victory|victor|winner|majority|landslide|triumph(?:ed)?|(?:came|finished|placed|coming) (?:\w+ )?(?:first|second|third|fourth|last))"
    rf"\b[^;%]{{0,60}}?,? (?:with|by|on|of) {_HEDGE})$"
)
_GAVE = re.compile(
    rf"\b(?:gave|giv(?:es?|en|ing)|credit(?:ed|ing|s)|award(?:ed|ing)|hand(?:ed|ing)|put(?:s|ting)?)\b[^;%]{{1,60}} (?:with |at |on )?{_HEDGE}$"
)
_YES_BEFORE = re.compile(
    rf"(?:\byes|\bno)\b[\"']?(?: (?:vote|side|camp|share|option))?(?: (?:was|at|with|on|of|got|had|won|received|stood at))?:? {_HEDGE}$"
)
_RIVAL = re.compile(
    rf"\b(?:to|and|against|while|ahead of) [^;%]{{2,50}}(?:'s|s'|,|with|on|got|had|took)? {_HEDGE}$"
)
_PAIR = re.compile(r"^(?: per ?cent| %)? ?(?:to|-|against) $")
_BY = re.compile(
    rf"\b(?:voted|won|carried|passed|approved|rejected|defeated|beat)\b[^;%]{{0,50}}\bby {_HEDGE}$"
)

# What makes a percentage none of these.
_NOT_AFTER = re.compile(
    r"^[ -](?:points?|lower|higher|more|less|fewer|up|down|below|above|increase|rise|fall|drop|decline|swing|lead|margin|threshold|minimum|quorum|"
    r"majority (?:is|was )?(?:needed|required)|barrier|hurdle|chance|of (?:the )?(?:\w+ )?seats|growth|inflation|unemployment|tax|discount|of gdp)\b"
)
_NOT_BEFORE = re.compile(
    r"\b(?:(?:rose|fell|risen|fallen|up|down|dropped|drops|increased|declined|grew|grown|shr[aiu]nk|jumped|slipped|gained|lost|swing|lead|leads|led|ahead|margin|"
    rf"increase|rise|fall|drop|decline|growth|inflation|unemployment)(?: (?:by|of))?) {_HEDGE}$"
)
_REQUIRED = re.compile(
    r"\b(?:threshold|quorum|barrier|hurdle|required|requires?|requirement|needed|needs|necessary|must|minimum|to be valid|unless|binding)\b"
)
_PROGRESS = re.compile(
    r"^ of (?:the |all |its )?(?:\w+ ){0,2}?(?:votes?|ballots?|precincts?|stations|tally sheets|sheets|protocols|returns|results|districts|papers|boxes|wards|count)\b"
    r"(?: \w+){0,4}? (?:counted|in|processed|tallied|reporting|reported|examined|opened|declared|scanned|completed)\b"
    r"|^ (?:of the count|counted|reporting|complete)\b"
)
_POLL = re.compile(
    r"\b(?:exit polls?|opinion polls?|opinion research|survey(?:s|ed)?|pollsters?|respondents|polled by|approval ratings?|popularity|"
    r"polls? (?:had|have|put|puts|show|shows|showed|suggest\w*|indicat\w*|conducted|by|gave|give|find|found|predict\w*|allowed|taken|published|for)|"
    r"(?:latest|last|recent|earlier|internal|private|pre-election|several|most|two|three) (?:\w+ )?polls?|"
    r"said they (?:would|will|intend\w*|plan\w*|had)|tell pollsters|interviewed|intention(?:s)? to vote|voting intentions?)\b"
)
_FORECAST = re.compile(
    r"\b(?:expect\w*|forecast\w*|predict\w*|project(?:ed|ion|ions)|target(?:s|ed)?|goal|aim(?:s|ed|ing)?|hop(?:e|es|ed|ing)|plan(?:ned|s)?|instruct\w*|order(?:ed|s)|told to|"
    r"would|could|should|wants?|wanted|promis\w*|pledg\w*|ensure|deliver|demand\w*|quota|orders? to|if|anticipat\w*|will|may|might|claimed in advance|decided in advance)\b"
)
_PARTIAL = re.compile(
    r"\b(?:by (?:noon|midday|lunchtime|midnight|\d{1,2}(?:[:.]\d\d)?\s?(?:[ap]\.?m\b|o'clock|local)|\d{1,2}[:.]\d\d|(?:the )?(?:early |late |mid-?)?(?:morning|afternoon|evening)|"
    r"mon|tues|wednes|thurs|fri|satur|sunday)|as of|so far|at (?:noon|midday|\d{1,2}(?:[:.]\d\d)?\s?[ap]\.?m\b)|early results|early returns|partial results|first results|"
    r"initial (?:results|figures|returns)|on the (?:first|second|third|fourth) day|(?:hours?|minutes) before (?:the )?(?:polls|polling|close)|"
    r"(?:is|was|were|are) (?:\w+ )?leading|still being counted|not yet counted)"
)
_PRELIMINARY = re.compile(r"\b(?:preliminary|provisional|unofficial|near-final|almost complete)\b")
_OWN_COUNT = re.compile(
    r"\b(?:parallel (?:vote )?(?:count|tabulation|tally)|quick count|(?:own|independent|alternative) (?:count|tally|estimate|tabulation|figures)|"
    r"(?:polling )?stations (?:where|in which|that (?:were|was|it)|it|they|we|observed|watched|visited|sampled)|sampled?|"
    r"real (?:turnout|figure|result|share)|actual (?:turnout|figure|result|share)|true (?:turnout|figure|result|share)|"
    r"(?:observers?|monitors?|statisticians?|analysts?|independent \w+|opposition(?:'s)?) (?:\w+ )?(?:estimat\w+|count(?:ed)?|recorded|put|reckon\w*|calculat\w+|believe\w*)|estimat(?:ed?|es|ing)|"
    r"(?:our|their|his|her|party) agents|(?:photographs?|copies) of (?:the )?(?:\w+ )?(?:protocols|tally sheets|records))\b"
)
_LONG_AGO = re.compile(
    r"^(?: (?:turnout|participation|of (?:the )?(?:votes?|ballots|poll|voters|electorate)|in favou?r|voted|support))? (?:\w+ )?(?:in|at|during|recorded in|seen in|reached in|for) "
    r"(?:the )?(?:\w+ ){0,2}?(?P<year>(?:19|20)\d\d)|^[^,;%]{0,40}\b(?:last time|(?:years?|months?|weeks?) (?:ago|earlier|before|previously)|"
    r"(?:previous|last|earlier) (?:election|vote|referendum|contest|ballot|poll|time))\b"
)
_COMPARED = re.compile(
    r"\b(?:(?:up|down)(?: \w+)? from|from|compared (?:with|to)|(?:higher|lower|more|less) than the|(?:higher|lower) than|versus|rather than) "
    rf"(?:the )?(?:turnout of )?{_HEDGE}$"
)
_SET_BEFORE = re.compile(
    r"^(?:in|at|during|back in) (?:the )?(?:\w+ ){0,3}?(?P<year>(?:19|20)\d\d)\b|\b(?:previous|last|earlier) (?:election|vote|referendum|contest|ballot|time)\b[^,;%]{0,40}$"
)

_OF_PLACE = re.compile(rf"^ of (?:the )?(?!Them|Those){CAPITAL}(?: {CAPITAL}){{0,2}}(?!'s)(?= )")

# Counts: what stands behind the number, or before it.
_OF_ELECTORATE = re.compile(
    r"^ of (?:the |its |their |our |a |an |some |about |more than |roughly |around )*$"
)
_VOTERS = re.compile(
    r"^ (?:registered |eligible |entitled |potential |qualified )*(?:voters|electors|people (?:eligible|entitled|registered)|citizens eligible|names on)\b"
)
_REGISTERED = re.compile(
    r"^ (?:(?:registered|eligible|entitled|qualified) (?:voters|electors|citizens|people)|(?:voters|people|citizens|electors|names) (?:were |are |had been |who are )?(?:registered|eligible|entitled|on the (?:list|roll|register|electoral)))"
)
_CAST = re.compile(
    rf"^ (?:people|voters|citizens|electors|residents|ballots|papers|men and women|of them|inhabitants)(?: (?:in|across|from) [a-z' ]{{2,30}})? (?:had been cast|were cast|{_TURNED_OUT})"
)
_VALIDITY = re.compile(
    r"^ (?:(?:\w+ )?(?P<bad>invalid|spoilt|spoiled|rejected|void|null)|(?P<good>valid)) (?:votes?|ballots?|papers)|^ (?:ballots|votes|papers) (?:were |had been )?(?P<declared>declared |ruled |found |counted as )?(?P<worse>invalid|spoilt|spoiled|rejected|void)\b"
)
_FOR = re.compile(
    r"^ (?:votes? |ballots? |people |voters )?(?:had |were |had been )?(?:voted |cast |counted |recorded )?(?:for|in favou?r|against)\b|^ (?:\"|')?(?:yes|no)(?:\"|')? votes?\b"
)
_WON_VOTES = re.compile(
    rf"\b(?:won|winning|received|got|took|secured|polled|garnered|gained|obtained|with) {_HEDGE}$"
)
_NOT_COUNTED = re.compile(
    r"\b(?:lead|margin|majority|by|difference|gap|ahead|short|separat\w+|fewer|missing|stolen|fake|forged|bought|disputed|discarded|destroyed|thrown|added|stuffed|"
    rf"extra|phantom|dead|recount(?:ed)?|printed|delivered|sent|abroad|interviewed|surveyed|asked) (?:of |than |up )?{_HEDGE}$"
)
_ASSEMBLY = re.compile(
    r"\b(?:parliament|assembly|senate|duma|council|congress|deputies|lawmakers|members|un|united nations|mps)\b"
)
_FALSE = re.compile(
    r"[\"']?(?:(?:this|that|it|the (?:claim|figure)) (?:is|was) )?(?:false|untrue|not true|wrong)\b[\"']?[.!:]"
)
_CONTEST = re.compile(
    r"\b(?:(?:first|second|third) round|run-?off|(?:snap |early )?(?:presidential|parliamentary|legislative|local|municipal|regional|general|council|mayoral|gubernatorial|european) "
    r"(?:election|vote|poll|contest|ballot)s?|(?:constitutional |independence )?(?:referendum|plebiscite)|constituent assembly)\b"
)


@dataclass(frozen=True, slots=True)
class Found:
    """A figure in a sentence, before it is known who says it."""

    number: Numeral
    kind: Kind
    of: Counted | None
    option: str | None
    place: str | None
    basis: Basis


def figures(
    report: Report, cleaned: Cleaned, passages: Sequence[Passage], voices: Voices
) -> Iterator[StatedFigure]:
    """Find the figures that a report states.

    Parameters
    ----------
    report
        With its text.
    cleaned, passages, voices
        Its readable copy, its distinct sentences, and who speaks in them.

    Yields
    ------
    StatedFigure
        In the order of the text. What one voice repeats in the same report is told once.
    """
    lowered = cleaned.lowered
    known: set[tuple[object, ...]] = set()
    about_votes = False
    for index, passage in enumerate(passages):
        cased, low = cleaned.text[passage.start : passage.end], lowered[passage.start : passage.end]
        votes = bool(_VOTING.search(low))
        if votes or about_votes:
            for found in in_sentence(cased, low, report.published):
                number = found.number
                voice = voices.ask(index, passage.start + number.start, passage.start + number.end)
                start, end = cleaned.span(passage.start + number.start, passage.start + number.end)
                status = standing(low, number.start, number.end, hedged=voice.hedged)
                if index + 1 < len(passages) and _FALSE.match(lowered, passages[index + 1].start):
                    status = "denied"
                basis = found.basis
                if status in ("prospective", "norm") and basis in ("result", "preliminary"):
                    basis = "forecast"
                key = (found.kind, found.of, number.value, found.option, found.place, basis, voice.speaker)
                if key in known:
                    continue
                known.add(key)
                contest = _CONTEST.search(low)
                yield StatedFigure(
                    kind=found.kind,
                    of=found.of,
                    value=number.value,
                    unit=number.unit,
                    bound=number.bound,
                    basis=basis,
                    option=found.option,
                    place=found.place,
                    contest=contest[0] if contest else None,
                    speaker=voice.speaker,
                    mode=voice.mode,
                    status=status,
                    agency=told_by(cased),
                    verbatim=report.text[start:end],
                    start=start,
                    end=end,
                    sentence=index,
                    report=report.path,
                )
        about_votes = votes


def in_sentence(cased: str, low: str, published: dt.date | None = None) -> list[Found]:
    """Find the figures of one sentence.

    Parameters
    ----------
    cased, low
        The sentence, cleaned, as written and in lower case; both equally long.
    published
        Day on which the report came out, by which another year's vote is known.
    """
    return sorted(
        [*_shares(cased, low, published), *_counts(cased, low, published)], key=lambda one: one.number.start
    )


def _shares(cased: str, low: str, published: dt.date | None) -> list[Found]:
    numbers = list(percentages(low))
    found: list[Found | None] = []
    progress = False
    for place, number in enumerate(numbers):
        before = low[numbers[place - 1].end if place else 0 : number.start]
        after = low[number.end : numbers[place + 1].start if place + 1 < len(numbers) else len(low)]
        progress = progress or bool(_PROGRESS.match(after))
        paired = place + 1 < len(numbers) and bool(_PAIR.match(after))
        told = _OF_PLACE.sub(" of place", cased[number.end : number.end + len(after)], count=1).lower()
        second = bool(found and found[-1] and _PAIR.match(before))
        kind = _kind(before, told, low, paired=paired, second=second)
        if kind is None:
            found.append(None)
            continue
        option = None
        if kind == "share" and not second:
            # "by 55 % to 45 % to stay": what was decided stands behind both.
            at = numbers[place + 1].end if paired else number.end
            option = option_after(cased[at : len(low) if paired else at + len(after)])
            option = option or option_before(cased[number.start - len(before) : number.start])
        where = place_of(cased, number.start - len(before), number.start, number.end, number.end + len(after))
        basis = _basis(low, before, after, published)
        found.append(Found(number, kind, None, option, where, basis))
    found = _inherited(cased, low, numbers, found, published)
    kept = [one for one in found if one]
    return [
        replace(one, basis="partial") if progress and one.basis in ("result", "preliminary") else one
        for one in kept
    ]


def _kind(before: str, after: str, low: str, *, paired: bool, second: bool) -> Kind | None:
    """Say what a percentage is one of, from the words on both sides of it.

    In ``after`` a place of which it is a share ("of Gostel") is written "of place".
    """
    near = before[-90:]
    if _NOT_AFTER.match(after) or _NOT_BEFORE.search(near) or _PROGRESS.match(after):
        return None
    if _REQUIRED.search(near[-60:]) or _REQUIRED.search(after[:40]):
        return None
    if second or (paired and _BY.search(near)):
        return "share"
    if _TURNOUT_AFTER.match(after):
        return "turnout"
    chose = _CHOSE.match(after)
    of_all = _ELECTORATE.match(after)
    if of_all and re.match(rf"(?: \w+){{0,4}}? {_TURNED_OUT}", of_all["rest"]) and not chose:
        return "turnout"
    if _VOTES.match(after) or (re.match(r"^ of (?:them|these)\b", after) and _WON.search(near)):
        return "share"
    if chose and (chose["what"] is None or _CHOICE_SAID.search(chose[0])):
        return "share"
    if of_all and re.match(rf"(?: \w+){{0,4}}? {_TURNED_OUT}", of_all["rest"]):
        return "turnout"
    if re.match(r"^(?: or \w+)? of \S", after) and not re.match(r"^ of (?:them|those)\b", after):
        return None
    if _TURNOUT_BEFORE.search(before):
        return "turnout"
    if _PEOPLE_VOTED.match(after):
        return "turnout"
    if _YES_BEFORE.search(near) or _GAVE.search(near) or _WON.search(near):
        return "share" if _VOTING.search(low) or _WON.search(near) else None
    return None


def _inherited(
    cased: str, low: str, numbers: Sequence[Numeral], found: list[Found | None], published: dt.date | None
) -> list[Found | None]:
    """Let a bare percentage in a list be what its neighbour is: "97 % in Gostel, 94 % in Marrant"."""
    for place, number in enumerate(numbers):
        if found[place] or not place and len(numbers) == 1:
            continue
        before = low[numbers[place - 1].end if place else 0 : number.start]
        after = low[number.end : numbers[place + 1].start if place + 1 < len(numbers) else len(low)]
        earlier = found[place - 1] if place else None
        later = next((one for one in found[place + 1 :] if one), None) if not place or earlier else None
        model = earlier or later
        if (
            model is None
            or _NOT_AFTER.match(after)
            or _NOT_BEFORE.search(before[-90:])
            or _REQUIRED.search(before)
        ):
            continue
        if re.match(r"^(?: or \w+)? of \S", after):
            continue
        where = place_of(cased, number.start - len(before), number.start, number.end, number.end + len(after))
        plain = re.fullmatch(
            r"[^;%]{0,60}?(?:,|\band\b|\bto\b|\bwhile\b|\bagainst\b|:|\bin\b|\bwith\b)[^;%]{0,60}", before
        )
        if not plain or (model.kind == "turnout" and where is None):
            continue
        option = (
            model.option
            if where
            else (
                option_after(cased[number.end : number.end + len(after)])
                or option_before(cased[number.start - len(before) : number.start])
            )
        )
        if model.kind == "share" and not where and not option and not _RIVAL.search(before[-60:]):
            continue
        found[place] = Found(
            number,
            model.kind,
            None,
            option if model.kind == "share" else None,
            where,
            _basis(low, before, after, published),
        )
    return found


def _counts(cased: str, low: str, published: dt.date | None) -> Iterator[Found]:
    numbers = list(counts(low))
    for place, number in enumerate(numbers):
        before = low[numbers[place - 1].end if place else 0 : number.start]
        after = low[number.end : numbers[place + 1].start if place + 1 < len(numbers) else len(low)]
        if _NOT_COUNTED.search(before[-60:]) or _REQUIRED.search(before[-60:]):
            continue
        behind = low[numbers[place + 1].end :] if place + 1 < len(numbers) else ""
        of = _counted(before, after, behind, low)
        if of is None:
            continue
        option = None
        if of == "votes":
            option = option_after(cased[number.end : number.end + len(after)]) or option_before(
                cased[number.start - len(before) : number.start]
            )
            if option is None:
                continue
        where = place_of(cased, number.start - len(before), number.start, number.end, number.end + len(after))
        yield Found(number, "count", of, option, where, _basis(low, before, after, published))


def _counted(before: str, after: str, behind: str, low: str) -> Counted | None:
    """Say what a number counts."""
    validity = _VALIDITY.match(after)
    if validity:
        return "valid" if validity["good"] else "invalid"
    if _OF_ELECTORATE.match(after) and _VOTERS.match(behind):
        return (
            None
            if re.search(r"\b(?:interviewed|surveyed|asked|questioned|polled)\b", behind[:60])
            else "cast"
        )
    if _OF_ELECTORATE.match(before) and _VOTERS.match(after):
        return (
            None
            if re.search(r"\b(?:interviewed|surveyed|asked|questioned|polled)\b", after[:60])
            else "registered"
        )
    if _REGISTERED.match(after):
        return "registered"
    if _CAST.match(after):
        return "cast"
    if _ASSEMBLY.search(low):
        return None
    if _FOR.match(after) or (
        re.match(r"^ votes?\b(?! (?:that|which|were|had|have))", after) and _WON_VOTES.search(before[-60:])
    ):
        return "votes"
    return None


def _basis(low: str, before: str, after: str, published: dt.date | None) -> Basis:
    """Say what a figure rests on."""
    near = before[-120:]
    ago = _LONG_AGO.match(after)
    then = _SET_BEFORE.search(before)
    current = str(published.year) if published else None
    if _COMPARED.search(near[-60:]) and not re.search(r"\b(?:rose|fell|rising|falling) (?:\w+ )?to $", near):
        return "another vote"
    if (ago and ago["year"] != current) or (ago and not ago["year"]):
        return "another vote"
    if then and (not then["year"] or (current and then["year"] != current)):
        return "another vote"
    if _POLL.search(low):
        return "poll"
    if _OWN_COUNT.search(low):
        return "own count"
    if _FORECAST.search(near[-70:]):
        return "forecast"
    if _PARTIAL.search(near) or _PARTIAL.search(after[:60]):
        return "partial"
    return "preliminary" if _PRELIMINARY.search(low) else "result"
