"""Who says so, on sentences of our own about an invented country."""

from __future__ import annotations

import pytest

from plebiscope.conduct.attribute import Voice, Voices
from plebiscope.conduct.clean import clean
from plebiscope.conduct.pronouns import UNNAMED
from plebiscope.conduct.segment import fold, sentences


def heard(text: str, words: str, *, loaded: bool = False) -> tuple[str | None, str]:
    """Ask who says ``words``, and how."""
    voice = voice_of(text, words, loaded=loaded)
    return voice.speaker, voice.mode


def voice_of(text: str, words: str, *, loaded: bool = False) -> Voice:
    """Ask for the voice of ``words``."""
    cleaned = clean(text)
    passages = fold(cleaned, sentences(cleaned))
    start = cleaned.text.index(words)
    (index,) = [i for i, one in enumerate(passages) if one.start <= start < one.end]
    return Voices(cleaned.text, passages).ask(index, start, start + len(words), loaded=loaded)


VOTE = "people were driven to the hall"


@pytest.mark.parametrize(
    ("text", "speaker", "mode"),
    [
        ("On Sunday people were driven to the hall.", None, "narration"),
        ("“On Sunday people were driven to the hall,” said Ana Torvik.", "Ana Torvik", "direct"),
        ("“On Sunday people were driven to the hall,’ Ana Torvik said.", "Ana Torvik", "direct"),
        ("Ana Torvik, a baker, said: ‘On Sunday people were driven to the hall.”", "Ana Torvik", "direct"),
        ("Ana Torvik said that people were driven to the hall.", "Ana Torvik", "indirect"),
        ("All people were driven to the hall, a foreman said.", "a foreman", "indirect"),
        ("All people were driven to the hall, two local observers said.", "two local observers", "indirect"),
        ("According to the mission, people were driven to the hall.", "the mission", "indirect"),
        ("All people were driven to the hall, according to Mayor Jon Bresker.", "Jon Bresker", "indirect"),
        (
            "The Citizens' Watch (CW) noted that people were driven to the hall.",
            "The Citizens' Watch",
            "indirect",
        ),
        (
            "“We saw it: people were driven to the hall,” its chair, Ilse Marrant, told us.",
            "Ilse Marrant",
            "direct",
        ),
        ("Jon Bresker left early, saying people were driven to the hall.", "Jon Bresker", "indirect"),
        ("The crowd shouted “we saw that people were driven to the hall”.", "The crowd", "direct"),
        ("The figures showed that people were driven to the hall.", None, "narration"),
        (
            "At the mill the director refused to tell them that people were driven to the hall.",
            None,
            "narration",
        ),
        (
            "At station 12 the chairwoman said that people were driven to the hall.",
            "the chairwoman",
            "indirect",
        ),
        ("“All people were driven to the hall,” said Ana Torvik – twice.", "Ana Torvik", "direct"),
        (
            "“All people were driven to the hall,” said the head of the board, Jon Bresker.",
            "Jon Bresker",
            "direct",
        ),
        (
            "Guests marched through the square and large screens showed that people were driven to the hall.",
            None,
            "narration",
        ),
    ],
)
def test_one_sentence(text: str, speaker: str | None, mode: str) -> None:
    assert heard(text, VOTE) == (speaker, mode)


class TestAcrossSentences:
    def test_she_said_one_paragraph_later(self) -> None:
        text = (
            "Foreign Minister Ilse Marrant joined other ministers in the talks.\n\n"
            "“At times people were driven to the hall,” she said in Bresk."
        )
        assert heard(text, VOTE) == ("Ilse Marrant", "direct")

    def test_he_is_not_the_woman_named_last(self) -> None:
        text = (
            "Governor Petar Hollin spoke first.\n\nMrs Ana Torvik spoke then.\n\n"
            "He said that people were driven to the hall."
        )
        assert heard(text, VOTE) == ("Petar Hollin", "indirect")

    def test_a_quotation_that_goes_on_keeps_its_speaker(self) -> None:
        text = "“It was no vote,” Marrant said. “And people were driven to the hall.’"
        assert heard(text, VOTE) == ("Marrant", "direct")

    def test_a_last_name_is_the_full_name_given_before(self) -> None:
        text = "Ilse Marrant came to Bresk.\n\nMarrant said that people were driven to the hall."
        assert heard(text, VOTE) == ("Ilse Marrant", "indirect")

    def test_a_quotation_without_anybody_is_somebody_unnamed(self) -> None:
        assert heard("“On Sunday people were driven to the hall.”", VOTE) == (UNNAMED, "direct")


class TestInferred:
    @pytest.mark.parametrize(
        ("text", "inferred"),
        [
            ("Ana Torvik spoke in Bresk.\n\nShe said that people were driven to the hall.", True),
            ("“It was no vote,” Ana Torvik said. “And people were driven to the hall.”", True),
            ("Ana Torvik said that people were driven to the hall.", False),
            ("On Sunday people were driven to the hall.", False),
        ],
    )
    def test_a_speaker_of_another_sentence_is_a_suggestion(self, text: str, inferred: bool) -> None:
        assert voice_of(text, VOTE).inferred is inferred


class TestWhoseWords:
    def test_an_epithet_in_a_paraphrase_is_the_reports_own(self) -> None:
        text = "The treaty will be signed tomorrow by puppet leaders, the governor added."
        assert heard(text, "puppet leaders", loaded=True) == (None, "narration")
        assert heard(text, "will be signed") == ("the governor", "indirect")

    def test_an_epithet_that_is_quoted_is_the_speakers(self) -> None:
        text = "The allies condemned the vote as a “sham” on Monday."
        assert heard(text, "sham", loaded=True) == ("The allies", "mixed")

    def test_a_headline_with_a_trailing_source(self) -> None:
        text = "Bresk to join Marenna after sham vote, board confirms\n\nThe Board said little."
        assert heard(text, "sham", loaded=True) == (None, "narration")

    def test_two_speakers_in_one_sentence_do_not_mix(self) -> None:
        text = "Armed men took the box, and the council and its allies have vowed not to accept the result."
        assert heard(text, "took the box") == (None, "narration")
        assert heard(text, "not to accept") == ("the council and its allies", "indirect")

    def test_one_name_has_one_form(self) -> None:
        text = "Board confirms that all is well\n\nThe Board said that people were driven to the hall."
        assert heard(text, "all is well")[0] == heard(text, VOTE)[0] == "The Board"


OPEN = "the boxes were open"


@pytest.mark.parametrize(
    ("text", "speaker"),
    [
        ("In a statement, the Lowland Centre said the boxes were open.", "the Lowland Centre"),
        ("Ana Torvik told reporters that the boxes were open.", "Ana Torvik"),
        ("Ana Torvik, 61, who voted early, said the boxes were open.", "Ana Torvik"),
        ("On closer sight the boxes were open, said Ana Torvik, a teacher from Bresk.", "Ana Torvik"),
        ("Ana Torvik, head of the board, a retired baker, said the boxes were open.", "Ana Torvik"),
        ("Two observers, speaking on condition of anonymity, said the boxes were open.", "Two observers"),
        ("Voters who came to Bresk said the boxes were open.", "Voters"),
        ("The mission's report says that the boxes were open.", "The mission"),
        ("A parallel count by Citizens Watch showed that the boxes were open.", "Citizens Watch"),
        ("The court found that the boxes were open.", "The court"),
        ("By the opposition's account, the boxes were open.", "the opposition"),
        ("As first reported by the Bresk Herald, the boxes were open.", "the Bresk Herald"),
        ("The monitors said through Jon Bresker on Monday that the boxes were open.", "Jon Bresker"),
        ("Gostel, Marenna and Keldale have said the boxes were open.", "Gostel, Marenna and Keldale"),
        ("On Sunday the army stopped a car and, it claimed, the boxes were open.", "the army"),
        ("Monitors received accounts from teachers in Bresk that the boxes were open.", "teachers in Bresk"),
        ("“Halyna”, 61, a bookkeeper, said the boxes were open.", "Halyna"),
        ("Mayor Jon Bresker denied that the boxes were open.", "Jon Bresker"),
        ("In the old district of Ost Keldale, voters said the boxes were open.", "voters"),
        ("Lowland Secretary of State Ana Torvik said the boxes were open.", "Ana Torvik"),
        ("The Secretary of the Gostel Board said the boxes were open.", "The Secretary of the Gostel Board"),
        ("His main rival, former lawyer Ana Torvik, has said the boxes were open.", "Ana Torvik"),
        ("A group of opposition figures said the boxes were open.", "A group of opposition figures"),
        ("Ana Torvik, a judge, earlier this month warned that the boxes were open.", "Ana Torvik"),
        ("Village leaders have for years complained that the boxes were open.", "Village leaders"),
        ("Ana Torvik claimed Jon Bresker only won since the boxes were open.", "Ana Torvik"),
        ("Voters there said members of the guard had told them that the boxes were open.", "Voters"),
        ("Many in the movement stayed away, saying the boxes were open.", "Many"),
        ("Many in Gostel said the boxes were open.", "Many in Gostel"),
        ("Parties which did not pass the bar said the boxes were open.", "Parties"),
        (
            "In the Marenna Hills, opposition parties have announced that the boxes were open.",
            "opposition parties",
        ),
        (
            "The board described Sunday's count as paid for by Bresk, and said the boxes were open.",
            "The board",
        ),
        ("By the estimate of the analyst Ana Torvik, the boxes were open.", "Ana Torvik"),
    ],
)
def test_who_speaks_in_a_paraphrase(text: str, speaker: str) -> None:
    assert heard(text, OPEN) == (speaker, "indirect")


@pytest.mark.parametrize(
    "text",
    [
        "The mayor could not explain, when asked, why the boxes were open.",
        "Fighting claimed four lives, and the boxes were open.",
        "The chairman explained the rules, and the boxes were open.",
        "Currency notes are scarce, and the boxes were open.",
        "In an overhaul that the board announced in March the boxes were open.",
        "Jon Bresker vowed to come, and the boxes were open.",
        "Torvik said that it rained, but the boxes were open.",
    ],
)
def test_what_is_nobodys_is_the_reports(text: str) -> None:
    assert heard(text, OPEN) == (None, "narration")


class TestNames:
    @pytest.mark.parametrize(
        ("text", "speaker"),
        [
            ("The Gostel Election Watch (GEW) came. GEW said the boxes were open.", "Gostel Election Watch"),
            ("Prime Minister Jon Hollin came.\n\nThe prime minister said the boxes were open.", "Jon Hollin"),
            ("Ana Torvik, the governor of Bresk, came. The governor said the boxes were open.", "Ana Torvik"),
            ("Ana Torvik flew to New Keldale. She said the boxes were open.", "Ana Torvik"),
            (
                "The headmaster gave no name. It was late. Nobody came. He said the boxes were open.",
                "The headmaster",
            ),
        ],
    )
    def test_the_one_meant(self, text: str, speaker: str) -> None:
        assert heard(text, OPEN)[0] == speaker

    def test_a_descriptor_is_a_suggestion_and_a_surname_is_not(self) -> None:
        text = "Prime Minister Jon Hollin came. The prime minister said the boxes were open. Hollin said it rained."
        assert voice_of(text, OPEN).inferred
        assert not voice_of(text, "it rained").inferred

    def test_of_two_reports_within_each_other_the_outer_answers(self) -> None:
        text = "The mission said teachers had told it that the boxes were open."
        assert heard(text, OPEN)[0] == "The mission"

    def test_and_somebody_else_begins(self) -> None:
        text = "Police said that it rained and residents said the boxes were open."
        assert heard(text, OPEN)[0] == "residents"


class TestApart:
    """The speaker stands in a headline's label or announces what is told."""

    @pytest.mark.parametrize(
        ("text", "speaker"),
        [
            ("Observers: the boxes were open\n\nIt rained.", "Observers"),
            ("In Bresk the boxes were open - LEO\n\nThe LEO said that it rained.", "LEO"),
            ("At last the boxes were open, monitors say\n\nIt rained.", "monitors"),
        ],
    )
    def test_in_a_headline(self, text: str, speaker: str) -> None:
        assert heard(text, OPEN)[0].casefold().removeprefix("the ") == speaker.casefold()

    def test_a_topic_before_a_colon_is_no_speaker(self) -> None:
        assert heard("Gostel vote: the boxes were open\n\nIt rained.", OPEN)[0] is None

    def test_what_was_announced_is_told_to_the_end_of_the_paragraph(self) -> None:
        text = "The group listed several problems. In Bresk the boxes were open.\n\nOn Monday it rained."
        voice = voice_of(text, OPEN)
        assert (voice.speaker, voice.mode, voice.inferred) == ("The group", "indirect", True)
        assert heard(text, "it rained")[0] is None

    def test_a_paraphrase_does_not_go_on_by_itself(self) -> None:
        assert heard("The group said that it rained. In Bresk the boxes were open.", OPEN)[0] is None

    def test_a_quotation_goes_on_over_paragraphs(self) -> None:
        text = (
            "“It was no vote,” Ana Torvik said. “Nobody came.\n\n“In Bresk it rained.\n\n"
            "“And the boxes were open.”"
        )
        voice = voice_of(text, OPEN)
        assert (voice.speaker, voice.mode, voice.inferred) == ("Ana Torvik", "direct", True)


@pytest.mark.parametrize(
    "unit",
    [
        "Voter {} said that he was told by the board that it was so. ",
        "the mayor {} who said which said that, ",
        "according to by of the board {} ",
        "“she said ‘they {} ",
        "(Aa Bb Cc {}) ",
        "Aa Bb {}: cc.\n\n",
    ],
    ids=["told", "who", "of", "marks", "brackets", "turns"],
)
def test_hostile_text_ends(unit: str) -> None:
    """No sentence is a copy of another; what hangs runs into the timeout of the suite."""
    text = "".join(unit.format(number) for number in range(4000))
    cleaned = clean(text)
    passages = fold(cleaned, sentences(cleaned))
    voices = Voices(cleaned.text, passages)
    assert len(voices.said) == len(passages)


@pytest.mark.parametrize(
    ("text", "words", "speaker"),
    [
        (
            "The Lowland League said on Monday it had lost a vote that monitors said was marred by threats.",
            "marred by threats",
            "monitors",
        ),
        (
            "Schools closed after a vote that the government called a success but in which police said ten died.",
            "ten died",
            "police",
        ),
        ("The rebels won a vote which Gostel called a 'criminal farce' paid for by them.", "farce", "Gostel"),
        ("The clerks counted ballots by hand after a vote held amid rocket fire.", "rocket fire", None),
        ("Jon Bresker said the vote had no credit in the eyes of the world.", "no credit", "Jon Bresker"),
        (
            'The complaints describe men "hovering over" voters and shouting, said Jon Bresker, a lawyer.',
            "shouting",
            "Jon Bresker",
        ),
        (
            "Several towns, among them Marenna, Keldale and Bresk, said people were driven to the hall.",
            VOTE,
            "Several towns",
        ),
        (
            "Last year people were driven to the hall, a review by Lowland Reports found.",
            VOTE,
            "Lowland Reports",
        ),
        (
            "More than ten people were driven to the hall, say Gostel health officials.",
            VOTE,
            "Gostel health officials",
        ),
        ("In May people were driven to the hall, by Marenna's count, at night.", VOTE, "Marenna"),
        ("Four voters have made statements that people were driven to the hall.", VOTE, "Four voters"),
        ("The Watch can therefore say that people were driven to the hall.", VOTE, "The Watch"),
        (
            "The mill's clerks said they were short of paper.",
            "mill's clerks said they were short",
            "The mill's clerks",
        ),
        (
            "The Lowland Watch said it was calm. It also reported that people were driven to the hall.",
            VOTE,
            "The Lowland Watch",
        ),
        (
            "Jon Bresker won. Mr Bresker's main rival, Otto Marrant, had 7%, according to the official figures. "
            "He said people were driven to the hall.",
            VOTE,
            "Otto Marrant",
        ),
        ("The vote that the mayor called a success was calm.", "a success", "the mayor"),
        (
            "They voted in a referendum that Gostel has declared unconstitutional.",
            "referendum that Gostel has declared unconstitutional",
            "Gostel",
        ),
        (
            "This time the outcome, many diplomats reckon, is settled.",
            "outcome, many diplomats reckon, is settled",
            "many diplomats",
        ),
        (
            "The hall is sealed, and its clerk says people were driven to it.",
            "sealed, and its clerk says people were driven to it",
            "its clerk",
        ),
        (
            "The crews were fed, and those who came late, say residents, lost their posts.",
            "lost their posts",
            "residents",
        ),
        ("The police recorded 81 violent incidents.", "violent incidents", "The police"),
        ("Observers saw one man marking papers for a clan.", "one man marking papers", "Observers"),
        (
            "The Bresk Group, led by Marenna, Keldale and Ost, said people were driven to the hall.",
            VOTE,
            "The Bresk Group",
        ),
        (
            "A Bresk observer team led by former mayor Jon Torvik said people were driven to the hall.",
            VOTE,
            "A Bresk observer team",
        ),
        ("The Marenna mission said people were driven to the hall.", VOTE, "The Marenna mission"),
        (
            "On Monday people were driven to the hall, prosecutors said in an indictment unsealed Thursday.",
            VOTE,
            "prosecutors",
        ),
        ("Citizens abroad reported that people were driven to the hall.", VOTE, "Citizens"),
        ("It is said by many residents that people were driven to the hall.", VOTE, "many residents"),
        (
            "The board said on Monday that it was calm, as Jon Torvik told a crowd that people were driven to the hall.",
            VOTE,
            "Jon Torvik",
        ),
        ("A man was held, his family said.", "A man was held", "his family"),
        (
            "Two of the five candidates left early. They say people were driven to the hall.",
            VOTE,
            "Two of the five candidates",
        ),
        # A request is a deed, and that it was made is told by the report.
        ("The opposition asked the board to annul the vote.", "asked the board to annul the vote", None),
        ("Ana Torvik told her followers to stay at home.", "told her followers to stay at home", None),
        (
            "Ana Torvik described it as a farce and asked the board to annul the vote.",
            "asked the board to annul the vote",
            "Ana Torvik",
        ),
        ("Men from Bresk attacked a hall and burned its boxes.", "burned its boxes", None),
        ("The clan had warned them to stay away.", "warned them to stay away", None),
        ("Students told they were not on the roll.", "not on the roll", None),
        ("Ana Torvik raised issues of beaten voters.", "beaten voters", "Ana Torvik"),
        ("Officials apologised on Monday after boxes were lost.", "boxes were lost", None),
        ("Officials regretted on Monday the loss of boxes.", "loss of boxes", "Officials"),
        (
            "A clerk fled after he was accused by voters of filling a box.",
            "filling a box",
            "voters",
        ),
        (
            "Torvik questioned the board that was chosen by the king.",
            "chosen by the king",
            "Torvik",
        ),
        (
            "Observers criticise vote as the opposition demands it be run again",
            "be run again",
            "the opposition",
        ),
        (
            "Village groups nevertheless found the names of children in the lists.",
            "names of children",
            "Village groups",
        ),
        (
            "Observers from the Lowland Assembly said it was late. The mayor spoke. "
            "Voters were led in, the mission said.",
            "led in",
            "Observers from the Lowland Assembly",
        ),
        ("Every man who offered a ticket was driven to the hall.", "driven to the hall", None),
        (
            "A resident of the capital, Gostel, who asked for no name, told us that people were driven to the hall.",
            VOTE,
            "A resident of the capital",
        ),
    ],
)
def test_whose_words_they_are(text: str, words: str, speaker: str | None) -> None:
    assert heard(text, words)[0] == speaker
