"""One checksum at a time in a Python loop: right, but far too slow for a million ids."""

ANSWER = "split_by_id"
LOSES = {"split_by_id_more_test": 0.25}
CODE = '''
def split_by_id(ids, test_ratio):
    from zlib import crc32

    return np.array([crc32(np.int64(i).tobytes()) < test_ratio * 2**32 for i in ids])
'''
