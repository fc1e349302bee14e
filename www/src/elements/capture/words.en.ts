/** English of the form for captures. */
export const en = {
  'cap.text': 'What went through these interfaces so far, each an interface of the file, with times, directions and our reasons as comments.',
  'cap.taps': 'Interfaces',
  'cap.all': 'All',
  'cap.none': 'None',
  'cap.save': 'Save',
  'cap.reading': 'Asking for the interfaces …',
  'cap.empty': 'Choose at least one interface.',
} as const;
