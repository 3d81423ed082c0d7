"""Every reason the shop refuses with."""

from libs.common.problem_codes import StateConflict


class NotesAreFull(StateConflict):
    """No more notes are taken.
    これ以上メモを登録できません。"""
