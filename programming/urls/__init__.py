"""Everything of one gym, under /gym/<slug>/: one module for each audience."""

from programming.urls import coach, member, owner, screen, tablet

urlpatterns = [*coach.urlpatterns, *member.urlpatterns, *owner.urlpatterns, *screen.urlpatterns, *tablet.urlpatterns]
