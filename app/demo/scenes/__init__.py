"""The drawn scenes of the demonstration films.

``motifs`` holds the stage and what scenes share; a scene draws its shapes for any second.
"""

from app.demo.scenes.animals import ANIMALS
from app.demo.scenes.crafts import CRAFTS
from app.demo.scenes.fields import FIELDS
from app.demo.scenes.motifs import Scene
from app.demo.scenes.policy import POLICY
from app.demo.scenes.skills import SKILLS
from app.demo.scenes.textiles import TEXTILES

SCENES: dict[str, Scene] = {**FIELDS, **ANIMALS, **SKILLS, **TEXTILES, **CRAFTS, **POLICY}
