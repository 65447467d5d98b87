"""Whose voice a text has: a newspaper's, a body's that issued it, or those of a transcript. All texts are ours."""

from __future__ import annotations

import pytest

from plebiscope.conduct.attribute import Voice, Voices
from plebiscope.conduct.clean import clean
from plebiscope.conduct.segment import fold, sentences

CASES = "voters were turned away at twelve stations"


def voice_of(text: str, words: str, head: str = "") -> Voice:
    """Ask for the voice of ``words``."""
    cleaned = clean(text)
    passages = fold(cleaned, sentences(cleaned))
    start = cleaned.text.index(words)
    (index,) = [i for i, one in enumerate(passages) if one.start <= start < one.end]
    return Voices(cleaned.text, passages, head).ask(index, start, start + len(words))


STATEMENTS = {
    "a title that names it, with its letters, before the colon": (
        f"The election took place on Sunday. In Bresk {CASES}. The count was calm.",
        "---\ntitle: Lowland Office for Fair Votes (LOFV): Statement of Preliminary Findings\n---\n",
        "Lowland Office for Fair Votes",
    ),
    "whom a statement with 'we' begins with": (
        "Statement on the vote in the hills\n\nThe Marenna Voters' Union was able to watch in nine towns. "
        f"In Bresk {CASES}. We did not record any attempt to change the results.",
        "",
        "Marenna Voters' Union",
    ),
    "a release that is dated by its town": (
        f"Marenna: A Vote Without Choice\n\n(Bresk) - The vote cannot be called free, Lowland Rights Watch said today."
        f"\n\nOn Sunday {CASES}. The army blocked the roads, Lowland Rights Watch said.",
        "",
        "Lowland Rights Watch",
    ),
    "an act in its first sentence": (
        "The Gostel Network of Election Monitors (GNEM) expresses its deep concern about the vote.\n\n"
        f"In Bresk {CASES}. We urge the authorities to act.",
        "",
        "Gostel Network of Election Monitors",
    ),
    "a heading and we": (
        "CITIZENS FOR A CLEAN VOTE COALITION\nBulletin No. 2\n\n"
        f"Our observers were at 300 stations. In Bresk {CASES}. We appeal to all to remain calm.",
        "",
        "Citizens for A Clean Vote Coalition",
    ),
    "the head of a mission": (
        "Statement by Professor Ana Torvik, Head of the Lowland Observer Mission\n\n"
        f"We came at the invitation of the board. In Bresk {CASES}. We thank our hosts.",
        "",
        "Lowland Observer Mission",
    ),
    "a label before a document": (
        f"Gostel, 3 May. The initiative regrets the delay. In Bresk {CASES}.",
        "---\ntitle: Clean Lamps: Preliminary statement on the National Assembly elections\n---\n",
        "Clean Lamps",
    ),
    "letters before a headline": (
        f"PRELIMINARY STATEMENT\n\nIn Bresk {CASES}. The mission will publish a final report.\n\n"
        "The Lowland Union Election Observation Mission has been here since May.",
        "---\ntitle: LU EOM: orderly day after a hard campaign\n---\n",
        "Lowland Union Election Observation Mission",
    ),
    "several bodies in one voice": (
        "GOSTEL, 3 May - The vote was calm, the international observers concluded in a statement released today."
        f"\n\nIn Bresk {CASES}.",
        "",
        "international observers",
    ),
    "what it called for today": (
        "Gostel, May 3, 2016--The Committee to Protect Readers today called on the board to open the files.\n\n"
        f"In Bresk {CASES}. A clerk told CPR that the files were lost.",
        "",
        "Committee to Protect Readers",
    ),
    "whoever begins by what it watched": (
        f"Lowland Lamps placed 900 volunteers at the polls on Sunday. In Bresk {CASES}. Our count agrees.",
        "",
        "Lowland Lamps",
    ),
    "whoever says so at its head, and no place before the colon": (
        "The vote was a step forward, Lowland Poll Watch says. Agents came to most of the places we went to.\n\n"
        f"In Bresk {CASES}. In Gostel it was calm.",
        '---\ntitle: "Gostel: observers\' first remarks"\n---\n',
        "Lowland Poll Watch",
    ),
    "a page of title without 'we'": (
        "LWLD Office for Fair Votes and Free Assemblies\nElection Observation Mission\n\n"
        "STATEMENT OF PRELIMINARY FINDINGS (excerpt)\n\n"
        f"The vote was well run. In Bresk {CASES}. Few cases were recorded.",
        "",
        "LWLD Office for Fair Votes and Free Assemblies",
    ),
    "one line that names it and what it is": (
        "Torvik Center Preliminary Statement on the Vote in Gostel (excerpt)\n\n"
        f"BRESK, 3 May\n\nThe vote was well run. In Bresk {CASES}.",
        "",
        "Torvik Center",
    ),
    "a paper of which it is said at the end whose it is": (
        "Interim statement on the vote of 3 May by the Gostel Voters' League\n\n"
        f"The vote was well run. In Bresk {CASES}.",
        "",
        "Gostel Voters' League",
    ),
    "whoever signs it at its foot": (
        f"STATEMENT\n\nWe thank all who came to the mill. In Bresk {CASES}.\n\n"
        'The Council of the movement for voters\' rights "Keldale"\n3 May 2031',
        "",
        "Keldale",
    ),
    "a name in quotation marks that begins by what it watched": (
        f'The "Keldale" movement has followed parliamentary elections for years. In Bresk {CASES}. We thank all.',
        "",
        "Keldale",
    ),
    "a line of its head that ends in an hour": (
        "INCIDENT DIGEST No. 3\n\nCitizens' Lamp Network - as of 9:00 p.m.\n\n"
        f"We print what two people confirmed. In Bresk {CASES}. Send us the hour and the place.",
        "",
        "Citizens' Lamp Network",
    ),
    "its publisher": (
        f"The day was long. In Bresk {CASES}. We will publish a report.",
        "---\ntitle: Five findings\npublisher: Bresk Election Watch\n---\n",
        "Bresk Election Watch",
    ),
}


@pytest.mark.parametrize(("text", "head", "body"), STATEMENTS.values(), ids=STATEMENTS.keys())
def test_a_statement_is_the_voice_of_the_body_that_issued_it(text: str, head: str, body: str) -> None:
    voice = voice_of(text, CASES, head)
    assert (voice.speaker, voice.mode, voice.inferred) == (body, "narration", False)


@pytest.mark.parametrize(
    "text",
    [
        f"The Gostel Network of Election Monitors condemned the vote on Monday. In Bresk {CASES}.",
        f"By our correspondent in Bresk\n\nThe queues we saw were long. In Bresk {CASES}.",
        f"Election Commission report finds gaps\n\nThe commission met on Monday. In Bresk {CASES}.",
        f"Gostel Election Commission statement angers rivals\n\nBRESK, 3 May\n\nIn Bresk {CASES}.",
        f"Observers: vote in Gostel was rigged\n\nThe Observer Mission left on Monday. In Bresk {CASES}.",
    ],
)
def test_a_newspaper_speaks_for_itself(text: str) -> None:
    assert voice_of(text, CASES) == Voice(None, "narration")


class TestOfObservers:
    """What the observers of the body report is its own, and so are the threats that it tells of."""

    TEXT = (
        "LOWLAND UNION ELECTION OBSERVATION MISSION\nGOSTEL 2031\n\nPRELIMINARY STATEMENT\n\n"
        "Observers in Bresk reported that the box had no seal. LU observers saw crowded halls. "
        "Eleven observers said that money was shared out. "
        "Citizen observers said that the list was long. "
        "At the mill, groups of young men told voters to go home or face what would come."
    )

    @pytest.mark.parametrize(
        ("words", "speaker"),
        [
            ("the box had no seal", "Lowland Union Election Observation Mission"),
            ("crowded halls", "Lowland Union Election Observation Mission"),
            ("money was shared out", "Lowland Union Election Observation Mission"),
            ("the list was long", "Citizen observers"),
        ],
    )
    def test_its_observers_are_it(self, words: str, speaker: str) -> None:
        assert voice_of(self.TEXT, words).speaker == speaker

    def test_a_threat_is_told_by_the_statement(self) -> None:
        cleaned = clean(self.TEXT)
        passages = fold(cleaned, sentences(cleaned))
        start = cleaned.text.index("or face")
        voice = Voices(cleaned.text, passages).ask(len(passages) - 1, start, start + 7, threatens=True)
        assert voice.speaker == "Lowland Union Election Observation Mission"


class TestStatement:
    TEXT = (
        "European Lowland Observation Mission\nPreliminary Statement\n\n"
        f"The vote was calm. The mission notes that {CASES}. The ELOM regrets that no list was shown.\n\n"
        "Voters in Bresk said that the box had no seal."
    )

    @pytest.mark.parametrize("words", [CASES, "no list was shown", "The vote was calm"])
    def test_its_other_names_are_the_body(self, words: str) -> None:
        assert voice_of(self.TEXT, words).speaker == "European Lowland Observation Mission"

    def test_whom_it_quotes_speaks(self) -> None:
        assert voice_of(self.TEXT, "the box had no seal").speaker == "Voters in Bresk"


class TestTranscript:
    TEXT = (
        "Mr. Bresker: Is the Minister aware that there was one name on the paper?\n\n"
        "The Minister of State (Mr. Jon Hollin): I am.\n\nThe answer is short.\n\n"
        f"Dr. Ana Torvik: I was there. In Bresk {CASES}.\n\nAnd the box was open.\n\n"
        "Mr. Bresker: That is no answer."
    )

    @pytest.mark.parametrize(
        ("words", "speaker"),
        [
            ("one name on the paper", "Bresker"),
            ("The answer is short", "Jon Hollin"),
            (CASES, "Ana Torvik"),
            ("the box was open", "Ana Torvik"),
        ],
    )
    def test_a_turn_reaches_to_the_next(self, words: str, speaker: str) -> None:
        voice = voice_of(self.TEXT, words)
        assert (voice.speaker, voice.mode) == (speaker, "direct")

    BROADCAST = (
        "Morning Round: A Long Day in Bresk\n\nIda Falk\n\nJON HOLLIN, host:\n\n"
        "Bresk voted yesterday. Our correspondent Ida Falk was there.\n\n"
        f"IDA FALK: In the harbour {CASES}. I asked a baker, Ana Torvik.\n\n"
        "ANA TORVIK: We found no name on the list.\n\n"
        "FALK: The box had no seal."
    )

    @pytest.mark.parametrize(
        ("words", "speaker"),
        [
            ("Bresk voted yesterday", None),
            (CASES, None),
            ("found no name", "Ana Torvik"),
            ("had no seal", None),
        ],
    )
    def test_who_presents_and_who_reports_is_the_voice_of_the_report(
        self, words: str, speaker: str | None
    ) -> None:
        assert voice_of(self.BROADCAST, words).speaker == speaker

    def test_a_subhead_with_a_colon_is_no_turn(self) -> None:
        text = f"BRESK: long queues\n\nGOSTEL: short ones\n\nMARENNA: none\n\nIn Bresk {CASES}."
        assert voice_of(text, CASES).speaker is None


def test_a_compilation_gives_each_text_to_its_body() -> None:
    text = (
        "Foreign Ministry, Gostel. We do not accept the vote.\n\n"
        f"Foreign Ministry, Marenna. In Bresk {CASES}.\n\n"
        "Lowland Affairs Office. The vote was void.\n\nAll three texts came on Monday."
    )
    assert voice_of(text, CASES).speaker == "Foreign Ministry, Marenna"
    assert voice_of(text, "The vote was void").speaker == "Lowland Affairs Office"
    assert voice_of(text, "came on Monday").speaker is None


def test_the_observers_of_a_body_speak_for_it() -> None:
    text = (
        "The Torvik Center congratulates the people of Gostel. We thank them.\n\nThe Center's observers were at "
        f"300 stations. The observers noted that {CASES}."
    )
    assert (
        voice_of(text, CASES, "---\ntitle: Statement of the Torvik Center\n---\n").speaker == "Torvik Center"
    )


@pytest.mark.parametrize("deed", ["Calls for", "Urges", "Condemns"])
def test_a_release_is_known_by_a_title_in_capitals(deed: str) -> None:
    text = (
        f"FOR IMMEDIATE RELEASE\n\nContact: Ida Falk, press office\n\nLowland Centre {deed} Open Count in Bresk\n\n"
        f"BRESK - The Lowland Centre is deeply concerned about the count in the harbour. In Bresk {CASES}."
    )
    assert voice_of(text, CASES).speaker == "Lowland Centre"


@pytest.mark.parametrize(
    ("agency", "speaker"), [("Lowland Wire", None), ("Upland Press", "a Lowland Wire reporter")]
)
def test_the_people_of_the_agency_are_its_voice(agency: str, speaker: str | None) -> None:
    text = f"BRESK, May 3 ({agency}) - People voted. A Lowland Wire reporter said {CASES} in Bresk."
    heard = voice_of(text, CASES).speaker
    assert (heard and heard.lower()) == (speaker and speaker.lower())
