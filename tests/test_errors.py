import pickle

from headway.errors import DataError, HeadwayError, NotIdentified, did_you_mean


def test_message_details_and_hint_are_all_shown() -> None:
    error = DataError("two rows are wrong", hint="mend them", details=["row 1", "row 2"])
    assert str(error) == "two rows are wrong\n  - row 1\n  - row 2\nHint: mend them"
    assert isinstance(error, HeadwayError)


def test_errors_survive_pickling() -> None:
    error = pickle.loads(pickle.dumps(NotIdentified("no", hint="do", details=("x",))))
    assert type(error) is NotIdentified
    assert (error.message, error.hint, error.details) == ("no", "do", ("x",))


def test_did_you_mean_ignores_case_and_is_silent_when_nothing_is_near() -> None:
    assert did_you_mean("OPENAI", ["openai", "xai"]) == " (did you mean 'openai'?)"
    assert did_you_mean("qqqq", ["openai"]) == ""
