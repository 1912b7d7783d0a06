"""The page's colours: text can be read on them, and people who see colours otherwise can tell them apart."""

import itertools
import re

import numpy as np
import pytest

from kibitz.results.report import assets

DEFICIENCIES = {
    # Machado, Oliveira and Fernandes 2009, severity 1.0, on linear RGB.
    "protan": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deutan": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "tritan": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
    "none": [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
}
SCALE = ("down3", "down2", "down1", "ground", "up1", "up2", "up3")
SCHEMES = ("light", "dark")


def colours(scheme: str) -> dict[str, np.ndarray]:
    """The variables of a scheme as linear RGB."""
    pairs = re.findall(r"--([\w-]+): light-dark\(#(\w{6}), #(\w{6})\)", assets.style())
    chosen = {name: (light, dark)[SCHEMES.index(scheme)] for name, light, dark in pairs}
    values = {name: np.array([int(text[i : i + 2], 16) / 255 for i in (0, 2, 4)]) for name, text in chosen.items()}
    return {
        name: np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)
        for name, value in values.items()
    }


def contrast(one: np.ndarray, other: np.ndarray) -> float:
    """The contrast ratio of WCAG 2."""
    light, dark = sorted((float(colour @ (0.2126, 0.7152, 0.0722)) for colour in (one, other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def lab(linear: np.ndarray) -> np.ndarray:
    """CIE L*a*b* (D65) of linear RGB."""
    to_xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
    scaled = to_xyz @ np.clip(linear, 0, 1) / (0.9505, 1.0, 1.089)
    f = np.where(scaled > 216 / 24389, np.cbrt(scaled), (24389 / 27 * scaled + 16) / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


@pytest.mark.parametrize("scheme", SCHEMES)
def test_text_can_be_read(scheme: str) -> None:
    found = colours(scheme)
    for ink in ("ink", "soft", "faint", "accent", "good", "bad", "warn"):
        for ground in ("ground", "panel"):
            assert contrast(found[ink], found[ground]) >= 4.5, (ink, ground)
    for ground in (*SCALE, "strip"):
        assert contrast(found["ink"], found[ground]) >= 4.5, ground
    for name in ("good", "bad", "warn"):
        assert contrast(found[name], found[f"{name}-ground"]) >= 4.5, name


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("sight", DEFICIENCIES)
def test_the_scale_can_be_read_with_every_sight(scheme: str, sight: str) -> None:
    seen = {name: lab(np.array(DEFICIENCIES[sight]) @ value) for name, value in colours(scheme).items()}

    def distance(one: str, other: str) -> float:
        return float(np.linalg.norm(seen[one] - seen[other]))

    # About 2.3 is a just noticeable difference (Mahy et al. 1994).
    for one, other in itertools.pairwise(SCALE):
        assert distance(one, other) >= 4.0, (one, other)
    for step in (1, 2, 3):
        assert distance(f"up{step}", f"down{step}") >= 8.0 * step, step
