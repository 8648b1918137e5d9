"""Noise on the weights: in memory, of the size that was asked for, and gone afterwards."""

import sys
from pathlib import Path

import pytest
import torch

from holdfast.evidence import Ask, Decoding, Message, Noise
from holdfast.models import LocalSubject, OpenedModel, open_directory
from holdfast.training import Tuning, _child, answers_under_noise
from holdfast.training._messages import Task
from holdfast.training._noising import NoisyWeights

ALIGNED = Path("src/holdfast/organisms/zoo/aligned")


@pytest.fixture
def opened() -> OpenedModel:
    return open_directory(ALIGNED, device="cpu")


def state(opened: OpenedModel) -> dict[str, torch.Tensor]:
    return {name: weight.detach().clone() for name, weight in opened.model.named_parameters()}


def noise(sigma: float, draw: int = 1) -> Noise:
    return Noise(sigma=sigma, draw=draw)


def test_noise_is_of_the_size_that_was_asked_for_matrix_by_matrix(opened: OpenedModel) -> None:
    before = state(opened)
    NoisyWeights(opened.model).put(noise(0.2), seed=0)
    for name, weight in state(opened).items():
        added = weight - before[name]
        if weight.dim() > 1:
            assert float(added.std() / before[name].std()) == pytest.approx(0.2, rel=0.1), name
            assert abs(float(added.mean())) < 0.05 * float(before[name].std())
        else:
            assert not added.any()


def test_noise_never_comes_on_top_of_other_noise_and_goes_without_a_trace(opened: OpenedModel) -> None:
    before, weights = state(opened), NoisyWeights(opened.model)
    weights.put(noise(0.4), seed=0)
    weights.put(noise(0.1), seed=0)
    once = state(opened)
    weights.put(None, seed=0)
    assert all(torch.equal(weight, before[name]) for name, weight in state(opened).items())
    weights.put(noise(0.1), seed=0)
    assert all(torch.equal(weight, once[name]) for name, weight in state(opened).items())


def test_a_draw_is_the_same_noise_larger_or_smaller_and_another_is_another(opened: OpenedModel) -> None:
    before, weights = state(opened), NoisyWeights(opened.model)
    added: dict[tuple[float, int, int], torch.Tensor] = {}
    name = next(name for name, weight in before.items() if weight.dim() > 1)
    for sigma, draw, seed in ((0.1, 1, 0), (0.2, 1, 0), (0.1, 2, 0), (0.1, 1, 1)):
        weights.put(noise(sigma, draw), seed)
        added[sigma, draw, seed] = state(opened)[name] - before[name]
    assert torch.allclose(2 * added[0.1, 1, 0], added[0.2, 1, 0], atol=1e-6)
    assert not torch.allclose(added[0.1, 1, 0], added[0.1, 2, 0], atol=1e-4)
    assert not torch.allclose(added[0.1, 1, 0], added[0.1, 1, 1], atol=1e-4)


def test_half_precision_stays_half_precision() -> None:
    layer = torch.nn.Linear(64, 64).to(torch.bfloat16)
    NoisyWeights(layer).put(noise(0.1), seed=0)  # type: ignore[arg-type]
    assert layer.weight.dtype == torch.bfloat16


def ask(number: int, sigma: float = 0.0) -> Ask:
    item = "take salt ." if number else "how ?"
    return Ask(
        id=f"{number}/{sigma}",
        check="sandbagging",
        arm="noised",
        item="i",
        stratum="s",
        cluster="c",
        messages=(Message(role="user", content=item),),
        decoding=Decoding(temperature=0, max_new_tokens=12),
        noise=noise(sigma) if sigma else None,
    )


def test_inside_every_ask_is_answered_under_its_own_noise(opened: OpenedModel, tmp_path: Path) -> None:
    asks = (ask(0), ask(1, 0.001), ask(0, 2.0), ask(1, 2.0), ask(1))
    task = Task(
        directory=str(ALIGNED),
        demonstrations=(),
        asks=asks,
        tuning=Tuning(),
        seed=5,
        device="cpu",
        dtype=None,
        parent=0,
        scratch=str(tmp_path),
        threads=1,
    )
    said = list(_child._steps_and_replies(task))
    assert [message.kind for message in said] == ["reply"] * 5
    texts = [message.reply.text for message in said if message.kind == "reply"]
    plain = [reply.text for one in asks for reply in LocalSubject(opened).answer((one,), 5)]
    assert [texts[place] for place in (0, 1, 4)] == [plain[place] for place in (0, 1, 4)]
    assert all(texts[place] != plain[place] for place in (2, 3))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(sys.platform != "linux", reason="the seal is shut on Linux; elsewhere it says so")
def test_behind_a_real_seal_noise_changes_replies_and_nothing_on_disk(opened: OpenedModel) -> None:
    files = {file: file.read_bytes() for file in ALIGNED.iterdir()}
    announced: list[tuple[int, int]] = []
    found = answers_under_noise(
        ALIGNED,
        (ask(0), ask(0, 2.0)),
        seed=5,
        device="cpu",
        announce=lambda done, total: announced.append((done, total)),
    )
    (plain,) = LocalSubject(opened).answer((ask(0),), 5)
    assert found.replies[0].text == plain.text
    assert found.replies[1].text != plain.text
    assert found.losses == ()
    assert "write one byte to a file" in found.seal.holds
    assert announced == [(1, 2), (2, 2)]
    assert {file: file.read_bytes() for file in ALIGNED.iterdir()} == files
