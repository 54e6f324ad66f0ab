"""The page on which a resident follows their case: `/track/{reference}`, for whoever holds a session of it."""

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from services.projections.resident_course import Courses
from shared.identity.following import Following
from shared.web.pages import render

DONE = {
    "next_stage": "You asked for the next stage. What we will do now, and by when, stands below.",
    "information": "We have received what you told us, and let the person who handles it know.",
    "files": "We have received what you sent us, and let the person who handles it know.",
    "reaching_them": "We have received how you want to be reached, and let the person who handles it know.",
}


def router(courses: Courses) -> APIRouter:
    """`/track/{reference}`."""
    pages = APIRouter(include_in_schema=False)

    @pages.get("/track/{reference}")
    def follow(
        request: Request, follower: Following, done: str = Query(default="", max_length=20)
    ) -> Response:
        return render(
            request,
            "projections/track_case.html",
            reference=follower.reference,
            follower=follower,
            course=courses.of(follower),
            done=DONE.get(done, ""),
        )

    return pages
