FROM python:3.13-slim
WORKDIR /opt/leafnotes
COPY requirements/run.txt requirements/run.txt
RUN pip install --no-cache-dir --require-hashes -r requirements/run.txt
COPY . .
RUN pip install --no-cache-dir --no-deps . && useradd --system --uid 10001 leafnotes \
    && install -d -o leafnotes -m 0700 /var/lib/leafnotes
USER leafnotes
ENV PYTHONUNBUFFERED=1
CMD ["leafnotes", "--help"]
