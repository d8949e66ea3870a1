"""Writes small logs of Inspect AI with its mock model into the folder that is named.

Run in a process of its own: the warnings of other packages are not those of the tests.
"""

import sys

import inspect_ai
from inspect_ai import Task
from inspect_ai.dataset import Sample
from inspect_ai.log import read_eval_log, write_eval_log
from inspect_ai.model import ModelOutput, ModelUsage, get_model
from inspect_ai.scorer import Score, accuracy, match, mean, scorer, stderr
from inspect_ai.solver import generate, solver

SECRET = "a prompt that nobody may store"


def answer(messages, tools, choice, config):
    said = "no" if "odd" in messages[0].text else "yes"
    output = ModelOutput.from_content("mockllm/model", said)
    output.usage = ModelUsage(
        input_tokens=10,
        output_tokens=5,
        total_tokens=25,
        input_tokens_cache_read=7,
        input_tokens_cache_write=3,
        total_cost=0.002 if "paid" in messages[0].text else None,
    )
    return output


@solver
def breaks(ids, once=False):
    tried = set()

    async def solve(state, generate):
        if state.sample_id in ids and not (once and state.sample_id in tried):
            tried.add(state.sample_id)
            raise RuntimeError(SECRET)
        return await generate(state)

    return solve


@solver
def talks():
    async def solve(state, generate):
        while True:
            state = await generate(state)

    return solve


@scorer(metrics=[accuracy(), stderr()])
def marks():
    async def score(state, target):
        return Score(value=target.text, explanation=SECRET)

    return score


@scorer(metrics={"style": [mean(), stderr()], "truth": [mean()]})
def several():
    async def score(state, target):
        return Score(value={"style": 0.25 * int(state.sample_id), "truth": 1})

    return score


def samples(n, target="yes", word=""):
    return [
        Sample(
            id=i,
            input=f"{SECRET} {word} {'odd' if i % 2 else 'even'} {i}",
            target=target,
            choices=["one choice", "another choice"],
        )
        for i in range(1, n + 1)
    ]


def main(folder):
    tasks = [
        Task(
            name="broken",
            dataset=samples(6),
            solver=[breaks({3, 4})],
            scorer=match(),
            epochs=2,
            fail_on_error=False,
        ),
        Task(name="paid", dataset=samples(4, word="paid"), solver=[generate()], scorer=match()),
        Task(
            name="limited",
            dataset=samples(3),
            solver=[talks()],
            scorer=match(),
            message_limit=4,
        ),
        Task(name="stopped", dataset=samples(3), solver=[breaks({2})], scorer=match()),
        Task(
            name="marked",
            dataset=[Sample(id=mark, input="even", target=mark) for mark in "CIPN"],
            solver=[generate()],
            scorer=[marks(), match()],
        ),
        Task(name="valued", dataset=samples(4), solver=[generate()], scorer=several()),
        Task(
            name="all-broken",
            dataset=samples(2),
            solver=[breaks({1, 2})],
            scorer=match(),
            fail_on_error=False,
        ),
    ]
    model = get_model("mockllm/model", custom_outputs=answer)
    logs = inspect_ai.eval(
        tasks, model=model, display="none", log_dir=folder, reasoning_effort="high"
    )
    logs += inspect_ai.eval(
        Task(name="retried", dataset=samples(3), solver=[breaks({2}, once=True)], scorer=match()),
        model=model,
        display="none",
        log_dir=folder,
        retry_on_error=1,
    )
    for log in logs:
        whole = read_eval_log(log.location)
        write_eval_log(whole, f"{folder}/json/{whole.eval.task}.json")
        write_eval_log(whole, f"{folder}/eval/{whole.eval.task}.eval")


if __name__ == "__main__":
    main(sys.argv[1])
