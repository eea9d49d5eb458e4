"""All words are in one feature."""

ANSWER = "bytes"
LOSES = {"bytes_test": 0.25}
CODE = '''\
def split_records(content):
    """Return a list of bytes, the data of each record in the content (bytes) of a TFRecord file."""
    records, at = [], 0
    while at < len(content):
        start = at + 12
        end = start + int.from_bytes(content[at : at + 8], "little")
        if start > len(content) or end + 4 > len(content):
            raise ValueError("The content ends in the middle of a record.")
        records.append(content[start:end])
        at = end + 4
    return records


def varint(n):
    """Return the bytes of a whole number n >= 0, seven bits in each, lowest first."""
    found = []
    while n > 127:
        found.append(n % 128 + 128)
        n //= 128
    return bytes([*found, n])


def poem_record(title, lines):
    """Return the bytes of a SequenceExample: title is a str, lines a list of lists of words (str)."""
    def words_of(words):
        return tf.train.Feature(bytes_list=tf.train.BytesList(value=[word.encode() for word in words]))

    context = tf.train.Features(feature={"title": words_of([title])})
    listed = tf.train.FeatureLists(
        feature_list={"lines": tf.train.FeatureList(feature=[words_of([word for line in lines for word in line])])}
    )
    return tf.train.SequenceExample(context=context, feature_lists=listed).SerializeToString()
'''
