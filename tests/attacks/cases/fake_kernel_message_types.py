"""Sends messages of the right kind with contents of the wrong types."""


def doctor(notebook, folder):
    contents = [
        "('stream', {'name': 'stdout', 'text': ['a', 'b']})",
        "('stream', {'name': 'stdout', 'text': 7})",
        "('stream', {'name': ['stdout'], 'text': 'x'})",
        "('stream', 'text')",
        "('stream', {})",
        "('display_data', {'data': ['text/plain'], 'metadata': 3})",
        "('display_data', {'data': {'text/plain': {'a': [1]}, 'image/png': 5}, 'metadata': {}})",
        "('display_data', {'data': {'text/plain': 'x'}, 'metadata': {}, 'transient': {'display_id': ['x']}})",
        "('update_display_data', {'data': 4, 'metadata': {}, 'transient': {'display_id': 'x'}})",
        "('error', {'ename': 5, 'evalue': ['x'], 'traceback': 'none'})",
        "('error', {'ename': 'E', 'evalue': None, 'traceback': [None, 3, {'a': 1}]})",
        "('execute_input', {'execution_count': 'x', 'code': 5})",
        "('status', {'execution_state': ['idle']})",
        "('clear_output', {'wait': 'x'})",
        "('comm_open', {'comm_id': [], 'data': 3})",
        "(['stream'], None)",
    ]
    send = "k = get_ipython().kernel\nk.session.send(k.iopub_socket, *{}, parent=k.get_parent('shell'))\nprint('after')"
    extra = [
        {"cell_type": "code", "id": f"type{n}", "metadata": {}, "outputs": [], "execution_count": None,
         "source": send.format(content)}
        for n, content in enumerate(contents)
    ]
    # In two halves, each short of the number of kernels a submission may end.
    notebook["cells"][2:2] = extra
