/** Small tables, by the encoding in which Python wrote their bytes: those in base64, and the text. */
export const tables: Readonly<Record<string, readonly [bytes: string, text: string]>> = {
  'windows-1252': [
    'bmFtZSxjaXR5Ck38bGxlcixa/HJpY2gKSm9z6SBHYXJj7WEsTeFsYWdhCk+SQnJpZW4sS/Zsbgo=',
    'name,city\nMüller,Zürich\nJosé García,Málaga\nO’Brien,Köln\n',
  ],
  'windows-1250': [
    'bmFtZSxjaXR5Cktvd2Fsc2tpLKPzZJ8KRHZv+OFrLFBsemXyCq/zs2tpZXdza2ksR2Rh8XNrCg==',
    'name,city\nKowalski,Łódź\nDvořák,Plzeň\nŻółkiewski,Gdańsk\n',
  ],
  'iso-8859-2': [
    'bmFtZSxjaXR5Cktvd2Fsc2tpLKPzZLwKr/Oza2lld3NraSxHZGHxc2sKV2m2bmlld3NraSxQb3puYfEK',
    'name,city\nKowalski,Łódź\nŻółkiewski,Gdańsk\nWiśniewski,Poznań\n',
  ],
  'windows-1251': [
    '6Oz/LOPu8O7kCsji4O3u4izM7vHq4uAKz+Xy8O7iLMrg5+Dt/ArR7Ojw7e7i4CzN6Obt6Okgze7i4+7w7uQK',
    'имя,город\nИванов,Москва\nПетров,Казань\nСмирнова,Нижний Новгород\n',
  ],
  'koi8-r': [
    'yc3RLMfP0s/ECunXwc7P1yztz9PL18EK8MXU0s/XLOvB2sHO2ArzzcnSzs/XwSzuydbOycog7s/Xx8/Sz8QK',
    'имя,город\nИванов,Москва\nПетров,Казань\nСмирнова,Нижний Новгород\n',
  ],
  ibm866: [
    'qKzvLKOu4K6kCoiioK2uoiyMruGqoqAKj6Xi4K6iLIqgp6Ct7AqRrKjgra6ioCyNqKatqKkgja6io67grqQK',
    'имя,город\nИванов,Москва\nПетров,Казань\nСмирнова,Нижний Новгород\n',
  ],
  'windows-1253': [
    '/O3v7OEs8Pzr5wrQ4fDh5Pzw7/Xr7/Isweje7eEKw+X58ePf7/UsyOXz8+Hr7+3f6ucK',
    'όνομα,πόλη\nΠαπαδόπουλος,Αθήνα\nΓεωργίου,Θεσσαλονίκη\n',
  ],
  'windows-1254': [
    'YWQs/mVoaXIKWf1sbWF6LN1zdGFuYnVsCt5haGluLEVza2n+ZWhpcgrHZWxpayxNdfBsYQo=',
    'ad,şehir\nYılmaz,İstanbul\nŞahin,Eskişehir\nÇelik,Muğla\n',
  ],
  'windows-1255': ['+e0s8un4Cuvk7yzp+OX57OntCuzl6Sz67CDg4enhCg==', 'שם,עיר\nכהן,ירושלים\nלוי,תל אביב\n'],
  'windows-1256': [
    'x+HH0+Msx+Hjz+3kyQrjzePPLMfh3sfl0ckKw83jzyzH4cXT3+TP0e3JCg==',
    'الاسم,المدينة\nمحمد,القاهرة\nأحمد,الإسكندرية\n',
  ],
  'windows-1257': [
    'dmFyZGFzLG1pZXN0YXMKS2F6bGF1c2thcyzQaWF1bGlhaQredWthdXNrYXMsUGFuZXbr/nlzCkLncnpp8vAsUu5nYQo=',
    'vardas,miestas\nKazlauskas,Šiauliai\nŽukauskas,Panevėžys\nBērziņš,Rīga\n',
  ],
  macintosh: [
    'bmFtZSxjaXR5Ck2fbGxlcixan3JpY2gKSm9zjiBHYXJjkmEsTYdsYWdhCg==',
    'name,city\nMüller,Zürich\nJosé García,Málaga\n',
  ],
  shift_jis: [
    'lryRTyyTc45zCpNjkoaRvphZLJOMi54Kl+mW2INclFwskeWN4wqCs4LGgqQsguaCsYLNgtwKlVyOpiyDfINYg2cK',
    '名前,都市\n田中太郎,東京\n鈴木ソ能,大阪\nさとう,よこはま\n表示,ポスト\n',
  ],
  'euc-jp': [
    'zL7BsCzF1LvUCsXEw+bCwM+6LMXstf4KzuvM2izC57rlCqS1pMikpiyk6KSzpM+k3go=',
    '名前,都市\n田中太郎,東京\n鈴木,大阪\nさとう,よこはま\n',
  ],
  gb18030: [
    '0NXD+yyzx8rQCs310KHD9yyxsb6pCsDuxMgsyc+6owqPiIKlLNbYx+wK',
    '姓名,城市\n王小明,北京\n李娜,上海\n張偉,重庆\n',
  ],
  big5: [
    'qW2mVyyrsKWrCqT9pHCp+iy7T6VfCrNcpVy7XCywqravCrOvrPzEUiy7T6SkCg==',
    '姓名,城市\n王小明,臺北\n許功蓋,高雄\n陳美麗,臺中\n',
  ],
  'euc-kr': ['wMy4pyy1tb3DCrHouc689iy8rb/vCsDMv7XI8Sy6zrvqCg==', '이름,도시\n김민수,서울\n이영희,부산\n'],
  'windows-874': ['qtfozSzgwdfNpwrKwarSwiyhw9in4Le+CsrBy63UpyzgqtXCp+PLwegK', 'ชื่อ,เมือง\nสมชาย,กรุงเทพ\nสมหญิง,เชียงใหม่\n'],
}
