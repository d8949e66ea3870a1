import random
import shutil
from pathlib import Path

import pytest

import headway
from headway.dataset import Dataset
from headway.errors import HeadwayError

CELLS = (
    *("", " ", "NaN", "inf", "-1e999", "1e308", "99999999999999999999", "0x10", "true", "NULL"),
    *("2024-02-30", "0001-01-01", "9999-12-31", '"', '""', "a,b", '"a\nb"', "\n", "\r", "\r\n"),
    *(
        "\x00",
        "é",
        "二",
        "\ufeff",
        "\u202e",
        ";",
        "one;two",
        "../x",
        "x" * 5000,
        "=1+1",
        "{}",
        "[]",
    ),
)


def random_bytes(content: bytes, chance: random.Random) -> bytes:
    data = bytearray(content)
    for _ in range(chance.randint(1, 8)):
        place = chance.randrange(len(data) + 1)
        match chance.randrange(3):
            case 0:
                data[place : place + 1] = bytes([chance.randrange(256)])
            case 1:
                data[place:place] = bytes([chance.randrange(256)])
            case _:
                del data[place : place + chance.randint(1, 4)]
    return bytes(data)


def random_cells(content: bytes, chance: random.Random) -> bytes:
    lines = content.decode(errors="surrogateescape").split("\n")
    for _ in range(chance.randint(1, 3)):
        place = chance.randrange(len(lines))
        cells = lines[place].split(",")
        cells[chance.randrange(len(cells))] = chance.choice(CELLS)
        lines[place] = ",".join(cells)
    return "\n".join(lines).encode(errors="surrogateescape")


def random_lines(content: bytes, chance: random.Random) -> bytes:
    lines = content.split(b"\n")
    one, other = chance.randrange(len(lines)), chance.randrange(len(lines))
    match chance.randrange(4):
        case 0:
            del lines[one]
        case 1:
            lines.insert(one, lines[other])
        case 2:
            lines[one], lines[other] = lines[other], lines[one]
        case _:
            lines.insert(one, b"")
    return b"\n".join(lines)


def random_header(content: bytes, chance: random.Random) -> bytes:
    header, _, rest = content.partition(b"\n")
    names = header.split(b",")
    match chance.randrange(4):
        case 0:
            del names[chance.randrange(len(names))]
        case 1:
            names.append(chance.choice(names))
        case 2:
            place = chance.randrange(len(names))
            names[place] = names[place][:-1]
        case _:
            chance.shuffle(names)
    return b",".join(names) + b"\n" + rest


def cut(content: bytes, chance: random.Random) -> bytes:
    return content[: chance.randrange(len(content))]


def repeated(content: bytes, chance: random.Random) -> bytes:
    start = chance.randrange(len(content))
    end = start + chance.randrange(1, 200)
    return content[:end] + content[start:end] * chance.randint(1, 5) + content[end:]


MUTATIONS = (random_bytes, random_cells, random_lines, random_header, cut, repeated)


@pytest.mark.parametrize(
    ("seed", "turns"),
    [(seed, 60) for seed in range(6)]
    + [pytest.param(seed, 600, marks=pytest.mark.slow) for seed in range(100, 110)],
)
def test_a_mutated_folder_is_sound_or_refused(folder, tmp_path, seed, turns):
    chance = random.Random(seed)
    sound = 0
    for turn in range(turns):
        home = tmp_path / "mutated"
        shutil.copytree(folder, home)
        for _ in range(chance.randint(1, 2)):
            path = chance.choice(sorted(home.iterdir()))
            content = path.read_bytes()
            if content:
                path.write_bytes(chance.choice(MUTATIONS)(content, chance))
        sound += survives(home, f"seed {seed}, turn {turn}")
        shutil.rmtree(home)
    assert 0 < sound < turns


def survives(home: Path, what: str) -> bool:
    problem = None
    try:
        data = headway.load(home)
    except HeadwayError as error:
        problem = error
    except Exception as error:
        raise AssertionError(f"{what}: {error!r}") from error
    if problem is not None:
        assert str(problem), what
        assert len(problem.details) <= 51 * 8, what
        return False
    assert data.scores.height > 0, what
    assert set(data.scores["model"]) <= set(data.models["model"]), what
    again = Dataset(tables=data.tables, origin="again").write(home.with_name("again"))
    assert headway.load(again).digest == data.digest, what
    shutil.rmtree(again)
    return True
