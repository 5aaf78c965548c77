from tests.ranking.real_data import DATA_SETS

collect_ignore = [] if DATA_SETS else ["test_real_data.py"]
