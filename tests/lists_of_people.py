"""Lists of members as other gym software writes them: the same four people, and one list that means harm."""

from __future__ import annotations

# US style: a title above the headings, last name first, dates with the month first, Windows letters.
WITH_A_TITLE = (
    "Client List - All Locations\r\n"
    "\r\n"
    "ID,Last Name,First Name,Email,Mobile Phone,Birth Date,Status,Referral\r\n"
    "100021,Alves,Ana,ANA@northside.example,(555) 010-2233,3/14/1990,Active,Friend\r\n"
    '100022,"Conti",Chiara,chiara@home.example,,11/30/1985,Active,\r\n'
    "100023,Müller-Lüdenscheidt,José,jose@home.example,,1/2/1979,Terminated,\r\n"
    "100024,Young,Mia,mum@home.example,,6/1/2015,Active,\r\n"
).encode("cp1252")

# Everything quoted, with a mark that says UTF-8, tags in one cell.
QUOTED = (
    '\ufeff"Client ID","First Name","Last Name","Email Address","Client Status","Date Of Birth","Tags","Location"\n'
    '"1","Ana","Alves","ana@northside.example","Active","1990-03-14","Mornings;Barbell","Main"\n'
    '"2","Chiara","Conti","chiara@home.example","Active","1985-11-30","","Main"\n'
    '"3","José","Müller-Lüdenscheidt","jose@home.example","Inactive","1979-01-02","","Main"\n'
    '"4","Mia","Young","mum@home.example","Active","2015-06-01","Youth","Main"\n'
).encode()

# German: semicolons, "Name" is the last name beside "Vorname", dots in dates, Windows letters.
GERMAN = (
    "Mitgliedsnummer;Name;Vorname;E-Mail-Adresse;Geburtsdatum;Mitgliedsstatus\r\n"
    "A-1;Alves;Ana;ana@northside.example;14.03.1990;Aktiv\r\n"
    "A-2;Conti;Chiara;chiara@home.example;30.11.1985;Aktiv\r\n"
    "A-3;Müller-Lüdenscheidt;José;jose@home.example;02.01.1979;Gekündigt\r\n"
    "A-4;Young;Mia;mum@home.example;01.06.2015;Aktiv\r\n"
).encode("cp1252")

# French or Spanish software that exports for an old spreadsheet: tabs, UTF-16, the whole name in one cell.
TABBED = (
    "Nom complet\tCourriel\tDate de naissance\tStatut\tNotes\n"
    "Alves, Ana\tana@northside.example\t14/03/1990\tActif\t\n"
    "Conti, Chiara\tchiara@home.example\t30/11/1985\tActif\t\n"
    "Müller-Lüdenscheidt, José\tjose@home.example\t02/01/1979\tRésilié\t\n"
    "Young, Mia\tmum@home.example\t01/06/2015\tActif\t\n"
).encode("utf-16")

SHAPES = {"with a title": WITH_A_TITLE, "quoted": QUOTED, "german": GERMAN, "tabbed": TABBED}

HOSTILE = (
    "Name,E-mail,Nickname,Status\n"
    '=HYPERLINK("http://evil.example";"x"),a@home.example,@SUM(A1:A9),active\n'
    "<script>alert(1)</script>,b@home.example,+1,active\n"
    "Nul\x00 Byte,c@home.example,-2,active\n"
    ",nobody@home.example,,active\n"
    f"{'x' * 200},long@home.example,,active\n"
    "Bad Mail,not-an-address,,active\n"
    "Odd Status,d@home.example,,perhaps\n"
    "\u202eTurned Round,e@home.example,,active\n"
    "Ana Alves,ana@northside.example,,left\n"
    "Ana Alves,ana@northside.example,,active\n"
    "Olga Oduya,olga@northside.example,,left\n"
    "too,many,cells,active,here,and,here\n"
).encode()
