"""What the browser sees."""

from flask import Blueprint, abort, current_app, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from coach_planner.plan import DAYS, LONGEST_TITLE, Plan

blueprint = Blueprint("pages", __name__)


def plan() -> Plan:
    """Return the plan of the application in use."""
    found: Plan = current_app.extensions["plan"]
    return found


@blueprint.get("/")
def week() -> str:
    """Show the week."""
    return render_template("week.html", week=plan().week(), days=DAYS, longest_title=LONGEST_TITLE)


@blueprint.post("/trainings")
def add() -> Response:
    """Add a training and show the week."""
    try:
        plan().add(request.form.get("day", ""), request.form.get("title", ""))
    except ValueError as error:
        abort(400, str(error))
    return redirect(url_for("pages.week"), 303)


@blueprint.post("/trainings/<int:training_id>/delete")
def delete(training_id: int) -> Response:
    """Take a training off the plan and show the week."""
    plan().remove(training_id)
    return redirect(url_for("pages.week"), 303)


@blueprint.get("/health")
def health() -> dict[str, str]:
    """Say that the application answers."""
    return {"status": "ok"}
