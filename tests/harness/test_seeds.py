from kibitz.harness.seeds import Later, derive, digest, generator


def test_seeds_are_fixed_for_ever():
    # Another value would change every run that was ever made.
    assert derive(0, "env", "connect4", None, 3) == 1850721026
    assert digest("a", 1, None)[:16] == "0ae764bffd3a17b6"


def test_every_part_matters_and_order_too():
    assert len({derive(1, 2), derive(2, 1), derive("1", 2), derive(12), derive((1, 2), 3)}) == 5


def test_seeds_fit_what_every_provider_accepts():
    assert all(0 <= derive(n) < 2**31 for n in range(1000))


def test_generators_agree_with_themselves_only():
    assert generator("x").random() == generator("x").random() != generator("y").random()


def test_a_later_generator_is_made_once_and_is_the_one_of_its_parts():
    later = Later("x", 1)
    assert later() is later()
    assert Later("x", 1)().random() == generator("x", 1).random()
