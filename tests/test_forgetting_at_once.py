"""Two owners at one file: one forgets it while the other has it compared or carried out, and neither of them fails."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import Any

import pytest
from django.db import connection
from django.http import Http404
from django.utils import timezone

from gym.scope import in_gym
from programming.models import Drill, ExerciseImport, ExerciseRow, exercises
from tests.exercise_files import ORIGIN, SMALL
from tests.people import make_cast


def test_a_file_is_forgotten_while_it_is_worked_on(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    cast = make_cast()
    held, worked_out = Event(), exercises.outcomes_of

    def slowly(run: ExerciseImport) -> Any:
        """Whoever holds the file gives the other time to ask for it."""
        held.set()
        time.sleep(0.4)
        return worked_out(run)

    def alone(work: Callable[[], Any]) -> Any:
        try:
            with in_gym(cast.northside):
                return work()
        finally:
            connection.close()

    def begun() -> ExerciseImport:
        return exercises.begin(SMALL, name="drills.json", origin=ORIGIN, by=cast.olga, at=timezone.now())

    def forget() -> int:
        assert held.wait(timeout=20)
        forgotten: int = ExerciseImport.objects.filter(done_at=None).forget()
        return forgotten

    def at_once(work: Callable[[], Any], other: Callable[[], Any]) -> Any:
        """What the second answers that comes while the first is under way; what either raises is raised here."""
        held.clear()
        with monkeypatch.context() as patch, ThreadPoolExecutor(2) as threads:
            patch.setattr(exercises, "outcomes_of", slowly)
            first, second = (threads.submit(alone, each) for each in (work, other))
            first.result()
            return second.result()

    with in_gym(cast.northside):
        run = begun()
        # Compared: the rows that come meanwhile are forgotten with it.
        assert at_once(lambda: exercises.compare_more(run.pk), forget) == 1
        assert not ExerciseImport.objects.exists() and not ExerciseRow.objects.exists()
        with pytest.raises(Http404):
            exercises.compare_more(run.pk)
        # Carried out, and another file is brought: what was carried out can be taken back.
        run = begun()
        exercises.compare_more(run.pk)
        at_once(lambda: exercises.carry_out(run.pk, at=timezone.now()), lambda: held.wait(timeout=20) and begun())
        made = Drill.objects.filter(key__startswith="import_", retired_at=None)
        rows = ExerciseRow.objects.filter(run=run)
        assert rows.count() == made.count() > 0
        assert set(ExerciseImport.objects.values_list("state", flat=True)) == {"done", "reading"}
        exercises.take_back(run.pk, at=timezone.now())
        assert not made.exists()
