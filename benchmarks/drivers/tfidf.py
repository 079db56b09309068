"""scikit-learn: TF-IDF of words and pairs with logistic regression. Prints the CPU seconds of predicting, and how many.

python tfidf.py LEARN.jsonl TELL.jsonl
"""

import json
import sys
import time
from pathlib import Path

from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

learn, tell = ([json.loads(line) for line in Path(name).read_text("utf-8").splitlines()] for name in sys.argv[1:])
words = TfidfVectorizer(ngram_range=(1, 2), min_df=2)
model = LogisticRegression(max_iter=50).fit(
    words.fit_transform([text for text, _ in learn]), [side for _, side in learn]
)
texts = [text for text, _ in tell]
began = time.process_time()
told = [side for at in range(0, len(texts), 500) for side in model.predict(words.transform(texts[at : at + 500]))]
print(json.dumps([time.process_time() - began, len(told)]))
