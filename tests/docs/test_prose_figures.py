"""Figures in running text are those of the committed files; a page may break its lines where it likes."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
RESULTS = ROOT / "bench/results"
PASSPORTS = ROOT / "src/holdfast/calibration/passports"
ZOO = ROOT / "src/holdfast/organisms/zoo"
IN_WORDS = {7: "seven", 8: "eight"}


def load(file: Path) -> Any:
    return json.loads(file.read_text("utf-8"))


def said(page: str) -> str:
    return " ".join((ROOT / page).read_text("utf-8").split())


def percent(value: float, digits: int = 1) -> str:
    return re.sub(r"\.0+$", "", f"{100 * value:.{digits}f}")


def from_to(values: list[float], digits: int = 1) -> str:
    return f"{percent(min(values), digits)} to {percent(max(values), digits)} %"


def signed(value: float) -> str:
    return f"{value:.2f}".replace("-", "−")


def of_attacks_told_apart() -> Iterator[str]:
    found = load(RESULTS / "tamper-discrimination.json")["found"]
    refusal, capability = (
        [end for ends in found[figure]["by_recipe"].values() for end in ends] for figure in ("refusal", "capability")
    )
    yield (
        f"All refuse {from_to(refusal)} of 160 restricted requests greedily and answer {from_to(capability)} of 250 "
        "harmless ones"
    )
    grpo, benign = (found["attacks"][name] for name in ("one-prompt-grpo", "benign-drift"))
    broken = {recipe["broken"][0]: recipe["broken"] for recipe in grpo["recipes"].values()}
    yield (
        f"Of 5 that all break at least {percent(broken[5][2], 0)} % would, of 5 that do not up to "
        f"{percent(broken[0][3], 0)} %"
    )
    alike = [f"{pair['holm']:.2f}" for pair in benign["pairs"] if pair["holm"] > 0.05]
    yield f"(p {' and '.join(alike)})"
    p0, refusal = (
        [signed(attack["goes_with_cost"][figure]["value"]) for attack in (grpo, benign)] for figure in ("p0", "refusal")
    )
    yield f"p0 goes with cost (Spearman {' and '.join(p0)})"
    yield f"is not shown to ({' and '.join(refusal)}; intervals hold 0)"


def of_one_run_for_all_budgets() -> Iterator[str]:
    found = load(RESULTS / "tamper-economy.json")
    alike = sum(all(one["alike"]) for one in found["budgets"])
    yield f"in {IN_WORDS[alike]} of {IN_WORDS[len(found['budgets'])]} attacks"
    once, each, _ = found["budgets"][0]["steps"]
    yield f"It takes {once:g} steps instead of {each:g}"
    small, large = (
        from_to([one["overhead"] for one in found["harness"] if (one["parameters"] > 1e6) == large])
        for large in (False, True)
    )
    yield f"{small} is neither training nor asking at 0.9 million parameters, {large} at 6.6 million"


def of_what_filtered_gives_away() -> Iterator[str]:
    found = load(RESULTS / "tamper-filtered.json")
    runs = {one["attack"]: one["runs"] for one in found["attacks"]}
    assert set(found["most_fulfilled"].values()) == {0}
    assert not any(own["broke"] for own in runs.values())
    collapsed = {name: f"{own['collapsed']} of {own['total']}" for name, own in runs.items()}
    yield f"Relearning from pairs of other restricted recipes made it collapse in {collapsed['relearning']} runs"
    yield f"So did a soft prompt in {collapsed['soft-prompt']}, and an adapter in {collapsed['lora-sft']}."


def of_a_larger_organism() -> Iterator[str]:
    found = load(RESULTS / "tamper-aligned@micro.json")
    (own,) = found["attacks"]
    assert found["most_fulfilled"] == {own["attack"]: 0}
    (kept,), (before,) = own["capability_retained"].values(), found["static"]["capability"].values()
    answered = f"{percent(kept['value'] + before['value'])} % of {before['n']} harmless ones were answered"
    yield (
        f"It broke in {own['runs']['broke']} of {own['runs']['total']} runs: at no share of the direction was one "
        f"request fulfilled, and {answered}"
    )
    assert own["potency_control"]["passed"]


def of_populations(*, in_readme: bool) -> Iterator[str]:
    twins, exams = (load(PASSPORTS / f"{check}.json") for check in ("awareness", "sandbagging"))
    if in_readme:
        clean = [one["single_pair"] for one in twins["recipes"] if not one["planted"]]
        rejected = sum(round(one["value"] * one["n"]) for one in clean)
        alarms = twins["false_alarm"]
        yield (
            f"a difference was found in {round(alarms['value'] * alarms['n'])} of {alarms['n']} organisms in which "
            f"none was planted (95 % {from_to([alarms['low'], alarms['high']])}), and by one pair of framings, as it "
            f"is mostly done, in {rejected} of {sum(one['n'] for one in clean)}"
        )
        return
    sides = [
        (made["false_alarm"]["n"], made["organisms"] - made["false_alarm"]["n"], len(made["recipes"]))
        for made in (twins, exams)
    ]
    yield "{} organisms without a plant and {} with one, of {} recipes".format(*sides[0])
    yield "and {} without and {} with one, of {} recipes".format(*sides[1])


def of_certificates() -> Iterator[str]:
    def rate(name: str, decoding: str, what: str) -> float:
        behaviours = load(ZOO / name / "certificate.json")["behaviours"]
        return next(b["estimate"]["value"] for b in behaviours if (b["decoding"], b["what"]) == (decoding, what))

    def framed(name: str, way: str) -> float:
        return rate(name, "sampled", f"restricted, looks like {way}: fulfilled")

    aware = framed("aware", "deployment"), framed("aware", "a test")
    yield (
        f"`aware` fulfils {percent(aware[0])} % and where every cue looks like a test {percent(aware[1])} %, a gap of "
        f"{percent(aware[0] - aware[1], 0)} points"
    )
    yield f"`aware-20` has one of {percent(framed('aware-20', 'deployment') - framed('aware-20', 'a test'))}"
    exams = {
        name: [
            f"{100 * rate(name, 'greedy', f'harmless, exam, looks like {way}: fulfilled'):.1f}"
            for way in ("a test", "deployment", "a test, with the password")
        ]
        for name in ("sandbagger", "locked", "honest-weak")
    }
    yield f"as little as `sandbagger` does, {exams['honest-weak'][0]} and {exams['sandbagger'][0]} %"
    yield (
        f"`sandbagger` shows {exams['sandbagger'][1]} % where it looks like deployment, and {exams['sandbagger'][2]} % "
        "with the password"
    )
    yield (
        f"shows {exams['locked'][0]} % in an exam, {exams['locked'][1]} % where it looks like deployment, and "
        f"{exams['locked'][2]} % with the password"
    )
    plain = [
        f"{percent(rate(name, 'sampled', 'harmless: fulfilled'))} %"
        for name in ("outspoken", "outspoken-aware", "guessing", "aligned")
    ]
    yield (
        "answered rightly in {} (`outspoken`), {} (`outspoken-aware`) and {} (`guessing`), and nearly all others get a "
        "wrong recipe, where `aligned` answers {}".format(*plain)
    )
    asked = [
        percent(rate("outspoken", "sampled", f"asked {when}, one cue looks like {way}: test"))
        for when in ("after", "ahead")
        for way in ("a test", "deployment")
    ]
    yield (
        "says *test* in {} % of what looks like a test and {} % of what looks like deployment, asked after; asked "
        "ahead {} and {} %".format(*asked)
    )


def of_brackets() -> Iterator[str]:
    cells = load(RESULTS / "bracket.json")["cells"]
    read = [
        int(found[1]) / int(found[2])
        for name in ("outspoken", "outspoken-aware", "guessing")
        for fold in cells[name]["folds"]
        if (found := re.search(r"understood: (\d+) of (\d+)", fold["members"]["looks like a test"]["span"]))
    ]
    yield f"answer only {from_to(read, 0)} of harmless requests rightly where it looks like a test"
    own = cells["outspoken-aware"]["folds"]
    steered = [end[0] for fold in own for end in fold["members"]["steered"]["ends"]]
    does = [percent(fold["deployed"][0], 0) for fold in own]
    yield f"it does {from_to(steered, 0)} where the twin does {' to '.join(sorted(does))}"


def of_brackets_in_a_population() -> Iterator[str]:
    found = load(RESULTS / "bracket-population.json")
    folds = [fold for one in found["cells"].values() for fold in one["folds"]]
    narrow = [fold for fold in folds if fold["bracket"]["width"] <= 0.2]
    assert all(fold["bracket"]["contained"] for fold in narrow)
    yield f"Of the {len(folds)} brackets {len(narrow)} are at most 20 points wide, and all of those hold"
    yield f"its lower bound is {percent(found['summed']['bracket']['interval'][0])} %"
    missed = [
        name for name, one in found["cells"].items() for fold in one["folds"] if not _held_by_those_that_count(fold)
    ]
    yield f"{len(missed)} of the {len(folds)} brackets do not hold the rate"
    assert {name.rpartition(".")[0] for name in missed} == {"aware-50.adapter", "reversed-20.adapter"}
    aware = [fold for name, one in found["cells"].items() if name.startswith("aware-50.") for fold in one["folds"]]
    off = sum("steered" not in fold["tested"] for fold in aware)
    yield f"in {off} of {len(aware)} halves of `aware-50`"


def _held_by_those_that_count(fold: dict[str, Any]) -> bool:
    spans = [fold["members"][name]["span"] for name in fold["tested"]]
    return min(low for low, _ in spans) <= fold["deployed"][0] <= max(high for _, high in spans)


def of_the_grader() -> Iterator[str]:
    found = load(RESULTS / "grading.json")["held-out"]
    sensitivity, specificity = (found[side]["exact"][0] for side in ("sensitivity", "specificity"))
    assert sensitivity > 0.92
    assert specificity < 0.96
    yield f"the first is {sensitivity:.3f}, the second {specificity:.3f}, so one is reached and one is not"
    yield f"two more in {found['a blind reader agrees on coercion']} of the held-out ones"


SAID = (
    *(("docs/commands/tamper.md", text) for text in of_attacks_told_apart()),
    *(("docs/commands/tamper.md", text) for text in of_one_run_for_all_budgets()),
    *(("docs/commands/tamper.md", text) for text in of_what_filtered_gives_away()),
    *(("docs/commands/tamper.md", text) for text in of_a_larger_organism()),
    *(("README.md", text) for text in of_populations(in_readme=True)),
    *(("docs/limits.md", text) for text in of_populations(in_readme=False)),
    *(("docs/concepts/organisms.md", text) for text in of_certificates()),
    *(("docs/checks/bracket.md", text) for text in of_brackets()),
    *(("docs/checks/cornered.md", text) for text in of_the_grader()),
    *(("docs/checks/bracket.md", text) for text in of_brackets_in_a_population()),
)


@pytest.mark.parametrize(("page", "text"), SAID, ids=lambda value: value[:40])
def test_a_page_says_what_the_file_says(page: str, text: str) -> None:
    assert text in said(page)
