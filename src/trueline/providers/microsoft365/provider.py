"""The plug-in as the rest of the product sees it."""

from __future__ import annotations

from trueline.connections.contract import Provider
from trueline.providers.microsoft365.areas import AREA_KEYS, AREAS
from trueline.providers.microsoft365.demonstration import make_demo
from trueline.providers.microsoft365.exports import open_export
from trueline.providers.microsoft365.questions.access import QUESTIONS
from trueline.providers.microsoft365.reach import reach_of_assignments
from trueline.providers.microsoft365.shipped import shipped_baselines
from trueline.providers.microsoft365.weights import weigh

MICROSOFT365 = Provider(
    key="microsoft365",
    environment_kind="microsoft365_tenant",
    open_export=open_export,
    areas=AREA_KEYS,
    area_labels={area.key: area.label for area in AREAS},
    required_permissions={area.key: area.permission for area in AREAS if area.permission},
    weigh=weigh,
    make_demo=make_demo,
    questions=QUESTIONS,
    reach=reach_of_assignments,
    baselines=shipped_baselines,
)
