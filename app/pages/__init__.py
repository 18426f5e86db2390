"""What all pages for people share: frame, texts, styles, scripts.

rendering.py  templates with language, account and CSRF token   assets.py    hashed static files
texts/        every text in Chinese and English                 failures.py  errors as pages
formats.py    numbers, lengths and times as people read them    landing.py   the first page
paging.py     long lists in pages
templates/    Jinja templates, a folder an area                 src/         styles and scripts
build.mjs     `npm run build`: bundles them into build/pages and the TV page into build/tv
"""
