"""What is in everybody's mouth and says little of a cause."""

from collections import Counter
from collections.abc import Collection, Sequence

from pipeline.pains.founding import ONE, likenesses
from pipeline.pains.growing import State
from pipeline.pains.linkage import clusters
from pipeline.pains.text import Text

KNEE = 0.035
"""Part of all texts from which a feature is in everybody's mouth: the more, the less it says of a cause."""
KNEE_LEAST = 6
CROWD = 0.3
"""Mean likeness of texts that plainly tell of one thing."""
CROWD_HOLDS = 0.66
"""Part of a feature's uses now that such a crowd has to hold for the feature to be its own."""


def weigh(waiting: Sequence[Text], pains: Collection[State]) -> None:
    """Give every text its vector, features that are in everybody's mouth here made light.

    A pain's own word is no common word, however many tell of it in a bad week. So what the pain that uses a feature
    most has said is left out of its count, and so is a crowd of texts, plainly alike, that holds most of its uses.
    """
    for text in waiting:
        text.weigh({})
    crowds = clusters(likenesses(waiting), CROWD * ONE) if len(waiting) > KNEE_LEAST else []
    seen = Counter(name for text in waiting for name in text.raw)
    own: dict[int, int] = {}
    for crowd in crowds:
        for name, times in Counter(name for n in crowd for name in waiting[n].raw).items():
            if times > CROWD_HOLDS * seen[name]:
                own[name] = times
    most: dict[int, int] = {}
    for state in pains:
        for name, times in state.seen.items():
            seen[name] += times
            most[name] = max(most.get(name, 0), times)
    usual = max(KNEE * (len(waiting) + sum(state.members for state in pains)), KNEE_LEAST)
    elsewhere = {name: times - own.get(name, 0) - most.get(name, 0) for name, times in seen.items()}
    common = {name: (usual / times) * (usual / times) for name, times in elsewhere.items() if times > usual}
    for text in waiting:
        text.weigh(common)
