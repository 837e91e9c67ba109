/* Takes what conditions look at from one event: the values of its columns, their types seen to, and which pieces stand in
 * its texts. The tables that say how a text is read are made in `event_automaton.py`; where this file is not compiled,
 * `event_pieces.py` does the same. All memory that is read lies within the bounds that `EventReader_new` has checked. */

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <stdint.h>
#include <string.h>

enum { KIND_TEXT, KIND_WHOLE, KIND_DOUBLE, KIND_FACT, KIND_OTHER };
#define N_PAGES 0x1100 /* 256 characters each, up to U+10FFFF */
#define MOST_WORDS 64  /* 64 bits each: 4,096 searches */

typedef struct {
    PyObject_HEAD
    PyObject *names;     /* tuple of interned str */
    PyObject *reads;     /* tuple of functions for values of another class than usual */
    PyObject *kinds;     /* bytes, one for each column */
    PyObject *page_of;   /* bytes of uint16: N_PAGES numbers of pages */
    PyObject *pages;     /* bytes of uint16: the class of each character, 0 for one that stands in no piece */
    PyObject *next;      /* bytes of uint32: for each state and class where the next state's row begins */
    PyObject *meanings;  /* bytes of uint64: for each state with an end, each text, its words of bits */
    uint32_t n_classes, first_end; /* the rows from `first_end` on belong to states in which a piece ends */
    uint32_t n_texts, n_words;     /* the first `n_texts` columns are texts that are read */
} EventReader;

static inline void read_text(const EventReader *self, PyObject *text, Py_ssize_t place, uint64_t *hits)
{
    const uint16_t *page_of = (const uint16_t *)PyBytes_AS_STRING(self->page_of);
    const uint16_t *pages = (const uint16_t *)PyBytes_AS_STRING(self->pages);
    const uint32_t *next = (const uint32_t *)PyBytes_AS_STRING(self->next);
    const uint64_t *meanings = (const uint64_t *)PyBytes_AS_STRING(self->meanings);
    const uint32_t n_classes = self->n_classes, first_end = self->first_end, n_words = self->n_words;
    const Py_ssize_t length = PyUnicode_GET_LENGTH(text);
    uint32_t state = 0;

#define READ(TYPE, CLASS)                                                                                   \
    do {                                                                                                    \
        const TYPE *at = (const TYPE *)PyUnicode_DATA(text), *end = at + length;                            \
        for (; at < end; at++) {                                                                            \
            state = next[state + (CLASS)];                                                                  \
            if (state >= first_end) {                                                                       \
                const uint64_t *bits = meanings                                                             \
                    + ((size_t)((state - first_end) / n_classes) * self->n_texts + place) * n_words;        \
                for (uint32_t word = 0; word < n_words; word++)                                             \
                    hits[word] |= bits[word];                                                               \
            }                                                                                               \
        }                                                                                                   \
    } while (0)

    switch (PyUnicode_KIND(text)) {
    case PyUnicode_1BYTE_KIND: {
        const uint16_t *first = pages + 256 * (size_t)page_of[0];
        READ(Py_UCS1, first[*at]);
        break;
    }
    case PyUnicode_2BYTE_KIND:
        READ(Py_UCS2, pages[256 * (size_t)page_of[*at >> 8] + (*at & 255)]);
        break;
    default:
        READ(Py_UCS4, pages[256 * (size_t)page_of[*at >> 8] + (*at & 255)]);
    }
#undef READ
}

/* A new reference to the event's value of a column, None where it has none. */
static PyObject *value_of(PyObject *event, PyObject *name)
{
    if (PyDict_CheckExact(event)) {
        PyObject *value = PyDict_GetItemWithError(event, name);
        if (value == NULL && PyErr_Occurred())
            return NULL;
        return Py_NewRef(value == NULL ? Py_None : value);
    }
    PyObject *get = PyUnicode_FromString("get");
    if (get == NULL)
        return NULL;
    PyObject *value = PyObject_CallMethodOneArg(event, get, name);
    Py_DECREF(get);
    return value;
}

static inline int is_usual(PyObject *value, char kind)
{
    switch (kind) {
    case KIND_TEXT:
        return PyUnicode_CheckExact(value);
    case KIND_WHOLE:
        return PyLong_CheckExact(value);
    case KIND_DOUBLE:
        return PyFloat_CheckExact(value);
    case KIND_FACT:
        return value == Py_True || value == Py_False;
    default:
        return 0;
    }
}

static PyObject *as_number(const uint64_t *hits, uint32_t n_words)
{
    uint32_t used = n_words;
    while (used && hits[used - 1] == 0)
        used--;
    if (used <= 1)
        return PyLong_FromUnsignedLongLong(used ? hits[0] : 0);
    uint8_t bytes[MOST_WORDS * 8];
    for (uint32_t at = 0; at < used * 8; at++)
        bytes[at] = (uint8_t)(hits[at / 8] >> (at % 8 * 8));
    return PyObject_CallMethod((PyObject *)&PyLong_Type, "from_bytes", "y#s", (const char *)bytes, (Py_ssize_t)used * 8,
                               "little");
}

static PyObject *EventReader_read(EventReader *self, PyObject *event)
{
    const Py_ssize_t n = PyTuple_GET_SIZE(self->names);
    const char *kinds = PyBytes_AS_STRING(self->kinds);
    uint64_t hits[MOST_WORDS];
    memset(hits, 0, 8 * self->n_words);
    PyObject *taken = PyTuple_New(n + 1);
    if (taken == NULL)
        return NULL;
    for (Py_ssize_t place = 0; place < n; place++) {
        PyObject *value = value_of(event, PyTuple_GET_ITEM(self->names, place));
        if (value == NULL)
            goto failed;
        if (value != Py_None && !is_usual(value, kinds[place])) {
            PyObject *read = PyObject_CallOneArg(PyTuple_GET_ITEM(self->reads, place), value);
            Py_DECREF(value);
            if ((value = read) == NULL)
                goto failed;
        }
        PyTuple_SET_ITEM(taken, place + 1, value);
        if (place < self->n_texts && PyUnicode_Check(value)) {
#if PY_VERSION_HEX < 0x030C0000
            if (PyUnicode_READY(value) < 0)
                goto failed;
#endif
            read_text(self, value, place, hits);
        }
    }
    PyObject *number = as_number(hits, self->n_words);
    if (number == NULL)
        goto failed;
    PyTuple_SET_ITEM(taken, 0, number);
    return taken;
failed:
    Py_DECREF(taken);
    return NULL;
}

/* 0 when a table would lead outside of another; an exception is set then. */
static int has_sound_tables(const EventReader *self)
{
    const Py_ssize_t n_columns = PyTuple_GET_SIZE(self->names), n_classes = self->n_classes;
    const Py_ssize_t n_pages = PyBytes_GET_SIZE(self->pages) / 512, n_next = PyBytes_GET_SIZE(self->next) / 4;
    int sound = PyTuple_GET_SIZE(self->reads) == n_columns && PyBytes_GET_SIZE(self->kinds) == n_columns
        && self->n_texts <= n_columns && n_classes > 0 && self->n_words <= MOST_WORDS
        && PyBytes_GET_SIZE(self->page_of) == N_PAGES * 2 && n_next >= n_classes && n_next % n_classes == 0
        && self->first_end % n_classes == 0 && self->first_end <= n_next
        && PyBytes_GET_SIZE(self->meanings)
            == (n_next - self->first_end) / n_classes * self->n_texts * self->n_words * (Py_ssize_t)sizeof(uint64_t);
    const uint16_t *page_of = (const uint16_t *)PyBytes_AS_STRING(self->page_of);
    for (Py_ssize_t at = 0; sound && at < N_PAGES; at++)
        sound = page_of[at] < n_pages;
    const uint16_t *pages = (const uint16_t *)PyBytes_AS_STRING(self->pages);
    for (Py_ssize_t at = 0; sound && at < n_pages * 256; at++)
        sound = pages[at] < n_classes;
    const uint32_t *next = (const uint32_t *)PyBytes_AS_STRING(self->next);
    for (Py_ssize_t at = 0; sound && at < n_next; at++)
        sound = next[at] % n_classes == 0 && next[at] < n_next;
    for (Py_ssize_t at = 0; sound && at < n_columns; at++)
        sound = PyUnicode_Check(PyTuple_GET_ITEM(self->names, at));
    if (!sound)
        PyErr_SetString(PyExc_ValueError, "these tables do not fit together");
    return sound;
}

static PyObject *EventReader_new(PyTypeObject *type, PyObject *given, PyObject *by_name)
{
    static char *words[] = {"names", "kinds", "reads", "page_of", "pages", "next", "meanings", "n_classes", "first_end",
                            "n_texts", "n_words", NULL};
    EventReader *self = (EventReader *)type->tp_alloc(type, 0);
    if (self == NULL)
        return NULL;
    if (!PyArg_ParseTupleAndKeywords(given, by_name, "O!SO!SSSSIIII", words, &PyTuple_Type, &self->names, &self->kinds,
                                     &PyTuple_Type, &self->reads, &self->page_of, &self->pages, &self->next,
                                     &self->meanings, &self->n_classes, &self->first_end, &self->n_texts,
                                     &self->n_words)) {
        self->names = self->kinds = self->reads = self->page_of = self->pages = self->next = self->meanings = NULL;
        Py_DECREF(self);
        return NULL;
    }
    Py_INCREF(self->names);
    Py_INCREF(self->kinds);
    Py_INCREF(self->reads);
    Py_INCREF(self->page_of);
    Py_INCREF(self->pages);
    Py_INCREF(self->next);
    Py_INCREF(self->meanings);
    if (!has_sound_tables(self)) {
        Py_DECREF(self);
        return NULL;
    }
    return (PyObject *)self;
}

static void EventReader_dealloc(EventReader *self)
{
    PyTypeObject *type = Py_TYPE(self);
    Py_XDECREF(self->names);
    Py_XDECREF(self->kinds);
    Py_XDECREF(self->reads);
    Py_XDECREF(self->page_of);
    Py_XDECREF(self->pages);
    Py_XDECREF(self->next);
    Py_XDECREF(self->meanings);
    type->tp_free((PyObject *)self);
    Py_DECREF(type);
}

static PyMethodDef EventReader_methods[] = {
    {"read", (PyCFunction)EventReader_read, METH_O,
     "The bits of what stands in the event's texts, then the values of its columns."},
    {NULL, NULL, 0, NULL}};

static PyType_Slot EventReader_slots[] = {
    {Py_tp_new, EventReader_new}, {Py_tp_dealloc, EventReader_dealloc}, {Py_tp_methods, EventReader_methods},
    {Py_tp_doc, "Takes what conditions look at from one event. It does not change once made."}, {0, NULL}};

static PyType_Spec EventReader_spec = {"evenhand.policy.compiled._event_reader.EventReader", sizeof(EventReader), 0,
                                       Py_TPFLAGS_DEFAULT, EventReader_slots};

static int prepare(PyObject *module)
{
    PyObject *type = PyType_FromSpec(&EventReader_spec);
    if (type == NULL)
        return -1;
    int failed = PyModule_AddType(module, (PyTypeObject *)type);
    Py_DECREF(type);
    return failed;
}

static PyModuleDef_Slot slots[] = {{Py_mod_exec, prepare}, {0, NULL}};

static struct PyModuleDef definition = {PyModuleDef_HEAD_INIT, "_event_reader",
                                        "Takes what conditions look at from one event.", 0, NULL, slots,
                                        NULL, NULL, NULL};

PyMODINIT_FUNC PyInit__event_reader(void)
{
    return PyModuleDef_Init(&definition);
}
