"""The face of Headway: the story, its charts, the page, images, and the terminal."""
