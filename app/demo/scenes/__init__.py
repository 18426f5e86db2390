"""The drawn scenes of the demonstration films, one table a great category.

``motifs`` holds the stage and what scenes share; a scene draws its shapes for any second.
"""

from app.demo.scenes.crafts import CRAFTS
from app.demo.scenes.farming import FARMING
from app.demo.scenes.motifs import Scene
from app.demo.scenes.policy import POLICY
from app.demo.scenes.skills import SKILLS

SCENES: dict[str, Scene] = {**FARMING, **SKILLS, **CRAFTS, **POLICY}
