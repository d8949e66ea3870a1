"""Names of votes: no two votes have one name, and no vote has two."""

import polars as pl
import pytest

from headway.dataset import load
from headway.dataset.importing import bring

HEADER = "model_a,model_b,winner\n"
SAME = "a,b,model_a\n"


def written(folder, name, *lines, header=HEADER):
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(header + "".join(lines))
    return folder / name


def take(into, *paths, **options):
    return bring("arena", list(paths), into, unmatched="add", start="empty", **options)


def held(into):
    return load(into).table("votes").height


@pytest.fixture
def two(tmp_path):
    return (
        written(tmp_path / "june", "votes.csv", "a,b,model_a\n", "b,c,tie\n"),
        written(tmp_path / "july", "votes.csv", "c,b,model_a\n", "b,c,tie\n", "a,c,tie\n"),
    )


@pytest.mark.parametrize("together", [True, False])
def test_two_files_of_one_name_lose_no_vote(tmp_path, two, together):
    into = tmp_path / "facts"
    for paths in [two] if together else [[one] for one in two]:
        assert not take(into, *paths).refused
    assert held(into) == 5
    for paths in (two, two[::-1], two[:1], two[1:]):
        assert not take(into, *paths).changes
    assert held(into) == 5


def test_files_given_together_that_begin_alike_lose_no_vote(tmp_path):
    paths = [
        written(tmp_path / name, "votes.csv", SAME, SAME, f"b,c,{last}\n")
        for name, last in (("x", "model_a"), ("y", "model_b"), ("z", "tie"))
    ]
    into = tmp_path / "facts"
    take(into, *paths)
    assert held(into) == 9
    assert not take(into, *paths[::-1]).changes


@pytest.mark.parametrize("together", [True, False])
def test_a_longer_version_of_a_file_adds_only_its_new_lines(tmp_path, together):
    early = written(tmp_path / "early", "votes.csv", SAME, "b,c,tie\n")
    late = written(tmp_path / "late", "votes.csv", SAME, "b,c,tie\n", SAME, SAME)
    into = tmp_path / "facts"
    for paths in [[early, late]] if together else [[early], [late], [early]]:
        take(into, *paths)
    assert held(into) == 4


def test_one_content_has_one_name_whatever_file_holds_it(tmp_path, two):
    from headway.sources import arena

    packed = tmp_path / "votes.parquet"
    pl.read_csv(two[0]).write_parquet(packed)
    by_csv = arena.read([two[0]]).tables["votes"]
    by_parquet = arena.read([packed]).tables["votes"]
    digests = [
        [name.rpartition("-")[2] for name in votes["vote"]] for votes in (by_csv, by_parquet)
    ]
    assert digests[0] == digests[1]
    assert len(set(digests[0])) == 2


IDS = "id,model_a,model_b,winner\n"


def test_an_id_of_another_vote_is_refused_and_corrects_nothing(tmp_path):
    one = written(tmp_path / "one", "v.csv", "1,a,b,model_a\n", "2,a,b,tie\n", header=IDS)
    two = written(tmp_path / "two", "v.csv", "1,a,c,model_a\n", "2,b,a,tie\n", header=IDS)
    into = tmp_path / "facts"
    take(into, one)
    report = take(into, two)
    [row] = report.refused
    assert "here a vote between a and c, in the dataset one between a and b" in row.reason
    assert "--option vote=line" in row.reason
    assert load(into).table("votes").select("model_a", "model_b").rows() != [("a", "c")]
    assert held(into) == 2
    assert len(take(tmp_path / "both", one, two).refused) == 2
    take(into, two, vote="line")
    assert held(into) == 4


def test_votes_refused_for_their_ids_name_both_lines(tmp_path):
    one = written(tmp_path / "one", "v.csv", "1,a,b,model_a\n", "2,a,b,tie\n", header=IDS)
    two = written(tmp_path / "two", "v.csv", "2,a,b,tie\n", "1,a,c,model_a\n", header=IDS)
    [row] = take(tmp_path / "facts", one, two).refused
    assert f"{two} line 3" in row.reason
    assert f"{one} line 2" in row.reason
    assert "evaluated" not in row.reason
